/** A tool of the lab: the pin of its source, its build, and how to read its version. */
export interface Tool {
    readonly name: string;
    /** Without "v". */
    readonly version: string;
    /** How its project releases it; without it the lab builds it. */
    readonly prebuilt?: Prebuilt;
    /** Arguments that make it print its version; without them it is never looked for on PATH. */
    readonly versionArgs?: readonly string[];
    /** Folder of lab/toolchain whose go.mod and go.sum pin it. */
    readonly module: string;
    /** Go package of its main. */
    readonly package: string;
    /** Values stamped into Go variables, by the variable's full name. */
    readonly stamps: Readonly<Record<string, string>>;
    /** Other names of the same binary, with other functions. */
    readonly aliases?: readonly string[];
}

/** A tool as its project releases it. */
export interface Prebuilt {
    /** Its name in lab/toolchain/mise/mise.toml, which has the version. */
    readonly mise: string;
    /** About how much is fetched, in megabytes. */
    readonly megabytes: number;
    /** The only platform that it is released for, in Node's words. */
    readonly only?: NodeJS.Platform;
    /** The release's version, where the Go module counts otherwise. */
    readonly version?: string;
}

/** Clients read the API server's version from these. */
export function kubernetesStamps(version: string) {
    const [major = "", minor = ""] = version.split(".");
    return {
        "k8s.io/component-base/version.gitVersion": `v${version}`,
        "k8s.io/component-base/version.gitMajor": major,
        "k8s.io/component-base/version.gitMinor": minor,
        "k8s.io/component-base/version.gitTreeState": "clean",
    };
}

function kubernetes<const N extends string>(name: N, megabytes: number, versionArgs: readonly string[]) {
    const only = name === "kubectl" ? undefined : "linux";
    return {
        name,
        version: "1.37.0",
        prebuilt: { mise: `aqua:kubernetes/kubernetes/${name}`, megabytes, only },
        versionArgs,
        module: "kubernetes",
        package: `k8s.io/kubernetes/cmd/${name}`,
        stamps: kubernetesStamps("1.37.0"),
    } as const;
}

/** Every tool that `npm run lab` needs, in the order in which they are built. */
export const catalogue = [
    {
        name: "pulumi",
        version: "3.259.0",
        prebuilt: { mise: "aqua:pulumi/pulumi", megabytes: 100 },
        versionArgs: ["version"],
        module: "pulumi",
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.259.0" },
    },
    kubernetes("kube-apiserver", 118, ["--version"]),
    kubernetes("kube-controller-manager", 103, ["--version"]),
    kubernetes("kube-scheduler", 79, ["--version"]),
    kubernetes("kubectl", 62, ["version", "--client"]),
    {
        name: "etcd",
        version: "3.7.0",
        prebuilt: { mise: "aqua:etcd-io/etcd", megabytes: 25 },
        versionArgs: ["--version"],
        module: "kubernetes",
        package: "go.etcd.io/etcd/server/v3",
        stamps: {},
    },
    {
        name: "kwok",
        version: "0.8.0",
        prebuilt: { mise: "kwok", megabytes: 65 },
        versionArgs: ["--version"],
        module: "kubernetes",
        package: "sigs.k8s.io/kwok/cmd/kwok",
        stamps: {},
    },
    {
        name: "kwokctl",
        version: "0.8.0",
        prebuilt: { mise: "kwokctl", megabytes: 57 },
        versionArgs: ["--version"],
        module: "kubernetes",
        package: "sigs.k8s.io/kwok/cmd/kwokctl",
        stamps: {},
    },
    {
        name: "helm",
        version: "3.22.0",
        prebuilt: { mise: "aqua:helm/helm", megabytes: 20 },
        versionArgs: ["version", "--short"],
        module: "kubernetes",
        package: "helm.sh/helm/v3/cmd/helm",
        stamps: {
            "helm.sh/helm/v3/internal/version.version": "v3.22.0",
            // The Kubernetes version that `helm template` and `helm lint` assume; unstamped it is 1.20.
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "37",
            "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
            "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "37",
        },
    },
    {
        name: "argocd",
        version: "3.6.1",
        prebuilt: { mise: "aqua:argoproj/argo-cd", megabytes: 220 },
        versionArgs: ["version", "--client", "--short"],
        module: "kubernetes",
        package: "github.com/argoproj/argo-cd/v3/cmd",
        stamps: { "github.com/argoproj/argo-cd/v3/common.version": "3.6.1" },
        aliases: [
            "argocd-repo-server",
            "argocd-application-controller",
            "argocd-applicationset-controller",
            "argocd-server",
            "argocd-notifications",
        ],
    },
] as const satisfies readonly Tool[];

type Entry = (typeof catalogue)[number];
type AliasOf<E> = E extends { readonly aliases: readonly (infer A)[] } ? A : never;

/** A tool's own name or an alias. */
export type ToolName = Entry["name"] | AliasOf<Entry>;

/** The linker's flags for a tool: no symbol tables, and its stamps. */
export function linkerFlags(tool: Tool): string {
    return ["-s -w", ...Object.entries(tool.stamps).map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}

/** Whether a tool's output names exactly this version: not a longer number, not a pre-release. */
export function saysVersion(output: string, version: string): boolean {
    const escaped = version.replaceAll(".", "\\.");
    return new RegExp(`(?<![\\d.])v?${escaped}(?![\\d.]*\\d|-)`).test(output);
}
