import * as fs from "node:fs";
import * as path from "node:path";
import { originOf, sameRepository } from "../preview/chart";
import { helmTemplate } from "../preview/helm";
import { publishedChart } from "../preview/source";
import type { GitRepositories } from "../support/gitRepositories";
import { inlineValues } from "../../components/applications/sources";
import type { ApplicationSettings } from "../../settings/applications";
import type { Manifest } from "./kinds";

/**
 * All objects that an application's chart renders, with each of its values files.
 *
 * @param checkout folder of a checkout: its files are used in place of the repository that it is from
 * @param repositories all others
 * @throws Error with the message of Git or Helm
 */
export async function renderedObjects(
    { name, namespace, source, valuesObject }: ApplicationSettings,
    checkout: string,
    repositories: GitRepositories,
): Promise<Manifest[]> {
    const render = async (chart: object, files: readonly string[], values: object) => {
        const rendering = { release: name, namespace, values, parameters: [], valueFiles: files };
        return (await helmTemplate({ chart: "", ...chart, ...rendering })) as Manifest[];
    };
    const each = async (chart: object, folder: string | undefined) => {
        const files = folder === undefined ? [[]] : valuesFilesIn(folder);
        const { others, environments } = inlineValues(valuesObject);
        const values = [others, ...Object.values(environments)];
        const all = files.flatMap((file) => values.map((one) => render(chart, file, one)));
        return (await Promise.all(all)).flat();
    };
    if ("repository" in source) {
        const folder = path.join(await checkedOut(source, checkout, repositories), source.path);
        return each({ chart: folder }, valuesObject === undefined ? folder : undefined);
    }
    const { charts, chart, version, values } = source;
    const published = publishedChart({ repoURL: charts, chart, targetRevision: version });
    const folder = values && path.join(await checkedOut(values, checkout, repositories), values.path);
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
    repositories: GitRepositories,
): Promise<string> {
    const origin = await originOf(checkout);
    if (origin !== undefined && sameRepository(origin, repository)) {
        return checkout;
    }
    const found = await repositories.at(repository, revision);
    if ("missing" in found) {
        throw new Error(found.missing);
    }
    return found.folder;
}
