import { parseAllDocuments } from "yaml";
import { isMap, type PropertyMap, type Value } from "../../plugin/values";
import { listAt, numberAt, stringAt, valueAt } from "../model/object";
import { HelmError } from "./helm";

/** A release as Helm has it. */
export interface LiveRelease {
    readonly name: string;
    readonly namespace: string;
    readonly revision: number;
    /** `deployed`, `failed`, `pending-install` and so on. */
    readonly status: string;
    readonly chart: string;
    readonly version: string;
    readonly appVersion: string;
    /** Values that were given to it. */
    readonly values: PropertyMap;
    /** Names of its objects by `Kind.group/apiVersion`. */
    readonly resourceNames: PropertyMap;
}

/**
 * Reads the output of `helm install|upgrade|status --output json`. That of `status` lacks the chart, which
 * `helm get metadata --output json` tells.
 */
export function parseRelease(output: string, metadata?: string): LiveRelease {
    const release = JSON.parse(output) as PropertyMap;
    const chart = metadata === undefined ? valueAt(release, "chart", "metadata") : metadataOf(metadata);
    const values = valueAt(release, "config");
    return {
        name: stringAt(release, "name"),
        namespace: stringAt(release, "namespace"),
        revision: numberAt(release, "version") ?? 0,
        status: stringAt(release, "info", "status"),
        chart: stringAt(chart, "name"),
        version: stringAt(chart, "version"),
        appVersion: stringAt(chart, "appVersion"),
        values: isMap(values) ? values : {},
        resourceNames: resourceNames(stringAt(release, "manifest")),
    };
}

function metadataOf(output: string): PropertyMap {
    const { chart, version, appVersion } = JSON.parse(output) as Record<
        "chart" | "version" | "appVersion",
        string
    >;
    return { name: chart, version, appVersion };
}

/** The `status` output of a Release resource. */
export function statusOutput(release: LiveRelease): PropertyMap {
    const { name, namespace, revision, status, chart, version, appVersion } = release;
    return { name, namespace, revision, status, chart, version, appVersion };
}

/** Whether helm reports that the release does not exist. */
export function isReleaseNotFound(error: unknown): boolean {
    return error instanceof HelmError && error.message.includes("release: not found");
}

function resourceNames(manifest: string): PropertyMap {
    const names = new Map<string, string[]>();
    for (const object of objectsOf(manifest)) {
        const [apiVersion, kind] = [stringAt(object, "apiVersion"), stringAt(object, "kind")];
        const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : "";
        const namespace = stringAt(object, "metadata", "namespace");
        const name = stringAt(object, "metadata", "name");
        const key = `${kind}${group}/${apiVersion}`;
        names.set(key, [...(names.get(key) ?? []), namespace === "" ? name : `${namespace}/${name}`]);
    }
    return Object.fromEntries([...names].map(([key, list]) => [key, [...new Set(list)].sort()]));
}

/** Objects of a manifest; those inside a List count one by one. */
function objectsOf(manifest: string): PropertyMap[] {
    const documents = parseAllDocuments(manifest).map((document) => document.toJS() as Value);
    return documents.filter(isMap).flatMap((object) => {
        const items = listAt(object, "items").filter(isMap);
        return stringAt(object, "kind").endsWith("List") && items.length > 0 ? items : [object];
    });
}
