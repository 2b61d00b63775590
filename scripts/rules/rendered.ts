import * as fs from "node:fs";
import * as path from "node:path";
import { originOf, sameRepository } from "../preview/chart";
import { helmTemplate } from "../preview/helm";
import { run } from "../support/run";
import type { ApplicationSettings } from "../../settings/applications";
import type { Manifest } from "./kinds";

/** Limit of one clone, in milliseconds. */
const cloneMs = 120_000;

/**
 * All objects that an application's chart renders, with each of its values files.
 *
 * @param checkout folder of a checkout: its files are used in place of the repository that it is from
 * @param scratch folder for repositories
 * @throws Error with the message of Git or Helm
 */
export async function renderedObjects(
    { name, namespace, source, valuesObject }: ApplicationSettings,
    checkout: string,
    scratch: string,
): Promise<Manifest[]> {
    const inline = Object.entries({ all: {}, ...valuesObject?.environments });
    const render = async (chart: object, files: readonly string[], values: object) => {
        const rendering = { release: name, namespace, values, parameters: [], valueFiles: files };
        return (await helmTemplate({ chart: "", ...chart, ...rendering })) as Manifest[];
    };
    const each = async (chart: object, folder: string | undefined) => {
        const files = folder === undefined ? [[]] : valuesFilesIn(folder);
        const values = valuesObject === undefined ? [{}] : inline.map(([, own]) => ({ ...valuesObject.all, ...own }));
        const all = files.flatMap((file) => values.map((one) => render(chart, file, one)));
        return (await Promise.all(all)).flat();
    };
    if ("repository" in source) {
        const folder = path.join(await checkedOut(source, checkout, scratch), source.path);
        return each({ chart: folder }, valuesObject === undefined ? folder : undefined);
    }
    const { charts, chart, oci, version, values } = source;
    const published = oci ? { chart: `oci://${charts}/${chart}`, version } : { chart, repository: charts, version };
    const folder = values && path.join(await checkedOut(values, checkout, scratch), values.path);
    return each(published, folder);
}

/** The values files of each environment, and those in ci/, each after values.yaml. */
function valuesFilesIn(folder: string): string[][] {
    const listed = (at: string) => (fs.existsSync(at) ? fs.readdirSync(at).map((name) => path.join(at, name)) : []);
    const base = path.join(folder, "values.yaml");
    const environments = listed(folder).filter((file) => /^values-.+\.ya?ml$/.test(path.basename(file)));
    const all = [...environments, ...listed(path.join(folder, "ci"))].sort();
    const first = fs.existsSync(base) ? [base] : [];
    return all.length === 0 ? [first] : all.map((file) => [...first, file]);
}

async function checkedOut(
    { repository, revision }: { readonly repository: string; readonly revision: string },
    checkout: string,
    scratch: string,
): Promise<string> {
    const origin = await originOf(checkout);
    if (origin !== undefined && sameRepository(origin, repository)) {
        return checkout;
    }
    const folder = path.join(scratch, encodeURIComponent(`${repository}@${revision}`));
    if (!fs.existsSync(folder)) {
        const steps = [
            ["init", "--quiet", folder],
            ["-C", folder, "fetch", "--quiet", "--depth=1", repository, revision],
            ["-C", folder, "checkout", "--quiet", "FETCH_HEAD"],
        ];
        for (const args of steps) {
            const { ok, output, reason } = await run("git", args, { timeoutMs: cloneMs, env: { GIT_TERMINAL_PROMPT: "0" } });
            if (!ok) {
                throw new Error(`git cannot read ${repository} at ${revision}: ${output.trim() || reason}`);
            }
        }
    }
    return folder;
}
