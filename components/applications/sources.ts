import { deepmergeCustom } from "deepmerge-ts";
import { dnsDomainAnnotation, domainAnnotation } from "../../clusters/names";
import { agentKey } from "../../settings/agentKey";
import type { ApplicationSettings } from "../../settings/applications";
import { annotationOf, environmentOf } from "./clusterFacts";
import type { Revisions } from "./rollout";

/** Name of the source with the values files, by which the chart's source refers to it. */
const valuesSource = "values";

/**
 * Where an Application's manifests come from, as a part of its spec: the chart with the values of its environment, and
 * for a chart that is not in Git the values files as a second source (argo-cd, docs/user-guide/multiple_sources.md).
 *
 * @param usersHost DNS name by which users reach the application on the active cluster; undefined if there is none
 */
export function sourcesOf(application: ApplicationSettings, revisions: Revisions, usersHost: string | undefined) {
    const { name, source, valuesObject, facts } = application;
    const helm = (files: readonly string[]) => ({
        releaseName: name,
        ...(files.length > 0 && { valueFiles: [...files] }),
        ...(facts && { valuesObject: factsOf(name, usersHost) }),
        ...(valuesObject !== undefined && { values: valuesTemplate(valuesObject) }),
    });
    if ("repository" in source) {
        const { repository, path } = source;
        const files = valuesObject === undefined ? valuesFiles("") : [];
        return { source: { repoURL: repository, targetRevision: revisions.chart, path, helm: helm(files) } };
    }
    const { charts, chart, values: from } = source;
    const published = { repoURL: charts, chart, targetRevision: revisions.chart };
    if (from === undefined) {
        return { source: { ...published, helm: helm([]) } };
    }
    return {
        sources: [
            { ...published, helm: helm(valuesFiles(`$${valuesSource}/${from.path}/`)) },
            { repoURL: from.repository, targetRevision: revisions.values, ref: valuesSource },
        ],
    };
}

function valuesFiles(folder: string): string[] {
    return [`${folder}values.yaml`, `${folder}values-${environmentOf}.yaml`];
}

/** The cluster's facts as values, for a chart that takes them (docs/agent.md). */
function factsOf(name: string, usersHost: string | undefined) {
    const cluster = {
        name: "{{.name}}",
        environment: environmentOf,
        region: "{{.metadata.labels.region}}",
        domain: `{{ ${annotationOf(domainAnnotation)} | default "" }}`,
    };
    const dnsDomain = `{{ ${annotationOf(dnsDomainAnnotation)} | default "cluster.local" }}`;
    return {
        // The agent's chart gets this only from clusters that have it: older revisions refuse it.
        cluster: name === agentKey ? cluster : { ...cluster, dnsDomain },
        // A variable of the chart, because the schema of every revision of the agent's chart allows it.
        ...(usersHost === undefined ? {} : { config: { USERS_HOST: usersHost } }),
    };
}

/** Merges values as Helm does: a list replaces a list. */
const merged = deepmergeCustom({ mergeArrays: false });

/** The values in the settings for each environment that has some of its own, and for all others. */
export function inlineValues({ all = {}, environments = {} }: Partial<ApplicationSettings["valuesObject"]> = {}) {
    const own = Object.entries(environments).map(([environment, values]) => [environment, merged(all, values)]);
    return { others: all, environments: Object.fromEntries(own) as Readonly<Record<string, object>> };
}

/** These values as JSON, which is YAML too, chosen by the cluster's environment in a Go template. */
function valuesTemplate(valuesObject: ApplicationSettings["valuesObject"]): string {
    const { others, environments } = inlineValues(valuesObject);
    const text = (values: object) => JSON.stringify(values).replaceAll("{{", '{{ "{{" }}');
    const cases = Object.entries(environments).map(
        ([environment, values]) => `if eq .metadata.labels.environment "${environment}" }}${text(values)}{{ else `,
    );
    return cases.length === 0 ? text(others) : `{{ ${cases.join("")}}}${text(others)}{{ end }}`;
}
