import { catalogue, kubernetesStamps, type Tool } from "./catalogue";

/** A part of the lab that can have another version than the catalogue's. */
interface Part {
    readonly flag: string;
    /** The environment variable for all commands and tests; the flag sets it. */
    readonly variable: string;
    readonly tools: readonly string[];
    /** The other versions, and the folder of lab/toolchain that pins each. */
    readonly others: Readonly<Record<string, string>>;
    readonly stamps: (version: string) => Tool["stamps"];
}

/** Argo CD and Kubernetes; `others` are the other versions, and the folder of lab/toolchain that pins each. */
export const parts = {
    argoCd: {
        flag: "--argo-cd",
        variable: "LAB_ARGO_CD",
        tools: ["argocd"],
        others: { "3.5.3": "argocd-3.5", "3.4.4": "argocd-3.4" },
        stamps: (version) => ({ "github.com/argoproj/argo-cd/v3/common.version": version }),
    },
    kubernetes: {
        flag: "--kubernetes",
        variable: "LAB_KUBERNETES",
        tools: ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"],
        others: { "1.34.4": "kubernetes-1.34" },
        stamps: kubernetesStamps,
    },
} as const satisfies Record<string, Part>;

/** Argo CD or Kubernetes. */
export type PartName = keyof typeof parts;

/** The flags of `npm run lab` for versions, each with the variable that it sets. */
export const versionFlags: readonly { readonly flag: string; readonly variable: string }[] = Object.values(parts);

/** The catalogue's version of a part: what the lab runs by default. */
export function defaultVersion(part: PartName): string {
    return catalogue.find(({ name }) => name === parts[part].tools[0])!.version;
}

/** Argo CD's version in the default chart, by the chart's version: a test fails when the default is another chart. */
export const argoCdOfChart: Readonly<Record<string, string>> = { "10.1.1": "3.4.4" };

/**
 * The version of a part that this lab runs.
 *
 * @throws Error that names the flag and the possible versions, if the lab has no such version
 */
export function labVersion(part: PartName): string {
    const { flag, variable, others }: Part = parts[part];
    const usual = defaultVersion(part);
    const chosen = process.env[variable] ?? "";
    const version = chosen === "" ? usual : chosen;
    if (version !== usual && !(version in others)) {
        const known = [usual, ...Object.keys(others)].join(" or ");
        throw new Error(`${flag} (${variable}): the lab has no version "${version}". Write ${known}`);
    }
    return version;
}

/** A tool in the version that this lab runs. */
export function inLabVersion(tool: Tool): Tool {
    const part = (Object.keys(parts) as PartName[]).find((name) => (parts[name] as Part).tools.includes(tool.name));
    if (part === undefined) {
        return tool;
    }
    const { others, stamps }: Part = parts[part];
    const version = labVersion(part);
    const module = others[version];
    if (module === undefined) {
        return tool;
    }
    // mise.toml has only the catalogue's version; mise takes another one by name.
    const prebuilt = tool.prebuilt && { ...tool.prebuilt, mise: `${tool.prebuilt.mise}@${version}` };
    return { ...tool, version, module, stamps: stamps(version), ...(prebuilt && { prebuilt }) };
}
