import { stringify } from "yaml";
import type { UpstreamObject } from "./upstreamObjects";

/** The values with parts of a workload. */
interface WorkloadValues {
    readonly args: string;
    readonly env: string;
    /** Values with the lists `volumes` and `volumeMounts`. */
    readonly volumes?: string;
    readonly flags?: string[];
    /** Without it, upstream's replicas stay. */
    readonly replicas?: string;
}

const workloadValues: Record<string, WorkloadValues> = {
    "argocd-application-controller": {
        args: "controller.extraArgs",
        env: "controller.env",
        volumes: "controller",
        replicas: "controller.replicas",
    },
    "argocd-applicationset-controller": {
        args: "applicationSet.extraArgs",
        env: "applicationSet.extraEnv",
        replicas: "applicationSet.replicas",
    },
    "argocd-notifications-controller": {
        args: "notifications.extraArgs",
        env: "notifications.extraEnv",
        flags: ["--secret-name={{ .Values.notifications.secret.name }}"],
    },
    "argocd-repo-server": { args: "repoServer.extraArgs", env: "repoServer.env" },
    "argocd-server": { args: "server.extraArgs", env: "server.env", volumes: "server" },
};

/** Objects that exist only while the value is true, by the start of their names. */
const optionalParts: Record<string, string> = {
    "argocd-dex-server": "dex.enabled",
    "argocd-notifications-": "notifications.enabled",
};

/**
 * One object of upstream's manifests as a Helm template: namespaced by the release, with the values for
 * workloads and CRDs applied, and everything else as upstream wrote it.
 */
export function toTemplate(original: UpstreamObject): string {
    const object = structuredClone(original);
    const templates: string[] = [];
    const mark = (template: string) => `@@${templates.push(template) - 1}@@`;

    for (const subject of object.subjects ?? []) {
        if (subject.namespace !== undefined) {
            subject.namespace = mark("{{ .Release.Namespace }}");
        }
    }
    const values = workloadValues[object.metadata.name];
    const container = object.spec?.template?.spec.containers[0];
    if (values && container) {
        const flags = (values.flags ?? []).map((flag) => mark(`- ${flag}`));
        container.args = [...(container.args ?? []), ...flags, mark(whatIsIn(`.Values.${values.args}`))];
        const env = `dict "root" $ "workload" "${object.metadata.name}" "values" .Values.${values.env}`;
        container.env = [mark(`{{- include "lab.env" (${env}) | nindent @INDENT@ }}`)];
    }
    const pod = object.spec?.template?.spec;
    if (values?.volumes !== undefined && container && pod) {
        container.volumeMounts = [...(container.volumeMounts ?? []), mark(whatIsIn(`.Values.${values.volumes}.volumeMounts`))];
        pod.volumes = [...(pod.volumes ?? []), mark(whatIsIn(`.Values.${values.volumes}.volumes`))];
    }
    if (values?.replicas !== undefined && container && object.spec) {
        object.spec.replicas = mark(`{{ .Values.${values.replicas} }}`);
    }
    if (object.kind === "CustomResourceDefinition") {
        object.metadata.labels = { ...object.metadata.labels, [mark(whatIsIn(".Values.crds.additionalLabels"))]: "" };
        object.metadata.annotations = {
            [mark('{{- if .Values.crds.keep }}\n"helm.sh/resource-policy": keep\n{{- end }}')]: "",
            [mark(whatIsIn(".Values.crds.annotations"))]: "",
        };
    }
    const text = fill(stringify(object, { version: "1.1", lineWidth: 0 }), templates);
    const condition = conditionOf(object);
    return condition ? `{{- if .Values.${condition} }}\n${text}{{- end }}\n` : text;
}

/**
 * The environment of a workload whose environment the values extend, as YAML. It is a file of the chart and not
 * part of the template, so that a variable in the values can replace upstream's of the same name.
 */
export function upstreamEnvironment(object: UpstreamObject): string | undefined {
    const container = object.spec?.template?.spec.containers[0];
    return workloadValues[object.metadata.name] && container && stringify(container.env ?? [], { version: "1.1" });
}

function conditionOf(object: UpstreamObject): string | undefined {
    if (object.kind === "CustomResourceDefinition") {
        return "crds.install";
    }
    if (object.kind.startsWith("ClusterRole")) {
        // The chart makes those of the ApplicationSet controller only for this.
        const any = object.metadata.name.startsWith("argocd-applicationset-");
        return any ? "applicationSet.allowAnyNamespace" : "createClusterRoles";
    }
    return Object.entries(optionalParts).find(([start]) => object.metadata.name.startsWith(start))?.[1];
}

/** Template of a list's items or a map's entries, omitted if there are none. */
function whatIsIn(values: string): string {
    return `{{- with ${values} }}\n{{- toYaml . | nindent @INDENT@ }}\n{{- end }}`;
}

/**
 * Puts the templates in place of their marks. A mark that is an item of a list, a key or a value fills its
 * line; upstream's text that looks like a template is escaped.
 */
function fill(text: string, templates: string[]): string {
    return text
        .replaceAll("{{", '{{ "{{" }}')
        .replace(/^( *)(?:- )?"?@@(\d+)@@"?(?:: "")?$/gm, (_line, indent: string, index: string) =>
            (templates[Number(index)] ?? "")
                .replaceAll("@INDENT@", String(indent.length))
                .replace(/^(?!\{\{-)/gm, indent),
        )
        .replace(/"?@@(\d+)@@"?/g, (_mark, index: string) => templates[Number(index)] ?? "");
}
