import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { messageOf } from "../../plugin/errors";
import { HelmError, helm, withPrivateFolder } from "./helm";
import type { ReleaseInputs, Repository } from "./inputs";

/** What Chart.yaml says. */
export interface ChartMetadata {
    readonly name: string;
    readonly version: string;
    readonly type: string;
}

/** Name under which a repository with credentials is known to helm for one call. */
const temporaryRepository = "lab";

/**
 * Looks the chart up, downloading its index if need be. Throws the official provider's error if it cannot be
 * had.
 */
export async function findChart(inputs: ReleaseInputs, signal: AbortSignal): Promise<ChartMetadata> {
    try {
        const shown = await withChart(inputs, signal, (chart) =>
            helm({ args: ["show", "chart", ...chart, ...developmentFlag(inputs)], signal }),
        );
        const metadata = parse(shown) as Partial<ChartMetadata>;
        if (metadata.type === "library") {
            throw new HelmError("library charts are not installable");
        }
        return {
            name: metadata.name ?? "",
            version: metadata.version ?? "",
            type: metadata.type ?? "application",
        };
    } catch (error) {
        throw new Error(`${messageOf(error)}; check the chart name and repository configuration.`);
    }
}

/** Hands over the arguments with which helm finds the chart. Credentials go through private files. */
export async function withChart<Result>(
    inputs: ReleaseInputs,
    signal: AbortSignal,
    use: (chartArguments: readonly string[]) => Promise<Result>,
): Promise<Result> {
    const version = inputs.version === "" ? [] : ["--version", inputs.version];
    const { repository, chart } = inputs;
    const files = fileFlags(repository);
    const isOci = chart.startsWith("oci://");
    if (repository.username !== "" || repository.password !== "") {
        return await withPrivateFolder(async (folder) => {
            const login = isOci
                ? [chart, ...(await registryLogin(folder, chart, repository))]
                : [`${temporaryRepository}/${chart}`, ...(await repositoryLogin(folder, repository, signal))];
            return await use([...login, ...version, ...files]);
        });
    }
    if (isOci || repository.url === "") {
        return await use([chart, ...version, ...files]);
    }
    return URL.canParse(repository.url)
        ? await use([chart, "--repo", repository.url, ...version, ...files])
        : await use([chart.includes("/") ? chart : `${repository.url}/${chart}`, ...version, ...files]);
}

function developmentFlag({ options, version }: ReleaseInputs): string[] {
    return options.devel === true && version === "" ? ["--devel"] : [];
}

function fileFlags({ caFile, certFile, keyFile }: Repository): string[] {
    const flags = { "--ca-file": caFile, "--cert-file": certFile, "--key-file": keyFile };
    return Object.entries(flags).flatMap(([flag, file]) => (file === "" ? [] : [flag, file]));
}

/** Credentials of an OCI registry, in the format of Docker's configuration. */
async function registryLogin(
    folder: string,
    chart: string,
    { username, password }: Repository,
): Promise<string[]> {
    const file = path.join(folder, "registry.json");
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    await fs.writeFile(file, JSON.stringify({ auths: { [new URL(chart).host]: { auth } } }), { mode: 0o600 });
    return ["--registry-config", file];
}

/** A list of repositories with this one alone, and its index. */
async function repositoryLogin(
    folder: string,
    repository: Repository,
    signal: AbortSignal,
): Promise<string[]> {
    const { url, username, password, caFile, certFile, keyFile } = repository;
    const file = path.join(folder, "repositories.yaml");
    const entry = { name: temporaryRepository, url, username, password, caFile, certFile, keyFile };
    await fs.writeFile(file, stringify({ apiVersion: "v1", repositories: [entry] }), { mode: 0o600 });
    const flags = ["--repository-config", file, "--repository-cache", path.join(folder, "cache")];
    await helm({ args: ["repo", "update", ...flags], signal });
    return flags;
}
