import { deepmergeCustom } from "deepmerge-ts";
import { dnsDomainAnnotation, domainAnnotation } from "../../clusters/names";
import { agentKey, type ApplicationSettings } from "../../settings/applications";
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
        ...(valuesObject !== undefined && { values: inlineValues(valuesObject) }),
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

/** The values of the settings as JSON, which is YAML too, chosen by the cluster's environment in a Go template. */
function inlineValues({ all = {}, environments }: NonNullable<ApplicationSettings["valuesObject"]>): string {
    const text = (values: object) => JSON.stringify(values).replaceAll("{{", '{{ "{{" }}');
    const others = Object.entries(environments).map(
        ([environment, own]) => `if eq .metadata.labels.environment "${environment}" }}${text(merged(all, own))}{{ else `,
    );
    return others.length === 0 ? text(all) : `{{ ${others.join("")}}}${text(all)}{{ end }}`;
}
