import { parse, stringify } from "yaml";

/** What the shapes are made of: one API server, and every credential for it. */
export interface Parts {
    /** `https://127.0.0.1:PORT`. */
    readonly server: string;
    readonly port: string;
    /** PEM. */
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly token: string;
    /** May only impersonate, and nothing else. */
    readonly impersonator: string;
    /** Where Rancher's path, `kubectl proxy`, and proxies are. */
    readonly rancher: string;
    readonly plain: string;
    readonly httpProxy: string;
    readonly httpsProxy: string;
    readonly refusingProxy: string;
    readonly socksProxy: string;
    /** CA, server and admin's certificate of another cluster. */
    readonly otherCa: string;
    readonly otherServer: string;
}

/** One kubeconfig, or several, as somebody's tool writes them. */
export interface Shape {
    readonly name: string;
    readonly works: boolean;
    /** Files in a folder of its own; those in {@link list} are KUBECONFIG. */
    readonly files: Readonly<Record<string, string>>;
    readonly list?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
}

type Entry = Readonly<Record<string, unknown>>;

const v1 = "client.authentication.k8s.io/v1";
const v1beta1 = "client.authentication.k8s.io/v1beta1";

function base64(text: string): string {
    return Buffer.from(text).toString("base64");
}

/** A kubeconfig with the context `a`, which is all that the checks are told. */
function config(cluster: Entry, user: Entry, more: Entry = {}): string {
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        preferences: {},
        clusters: [{ name: "arn:aws:eks:eu-1:1:cluster/a", cluster }],
        users: [{ name: "admin/api-a:6443", user }],
        contexts: [
            { name: "a", context: { cluster: "arn:aws:eks:eu-1:1:cluster/a", user: "admin/api-a:6443", namespace: "x" } },
        ],
        "current-context": "",
        ...more,
    });
}

/** The kubeconfigs of clouds, distributions and tools, and odd ones. */
export function shapes(parts: Parts): Shape[] {
    const { server, token } = parts;
    const ca = { "certificate-authority-data": base64(parts.ca) };
    const cluster = { server, ...ca };
    const client = { "client-certificate-data": base64(parts.cert), "client-key-data": base64(parts.key) };
    const byName = { server: `https://kubernetes:${parts.port}`, ...ca };
    const plugin = (command: string, args: readonly string[], more: Entry = {}) => ({
        exec: { apiVersion: v1beta1, command, args, ...more },
    });
    const one = (name: string, works: boolean, of: Entry, user: Entry, more: Partial<Shape> = {}): Shape => ({
        name,
        works,
        files: { config: config(of, user) },
        ...more,
    });
    const text = (name: string, works: boolean, change: (text: string) => string): Shape => ({
        name,
        works,
        files: { config: change(config(cluster, { token })) },
    });
    const files = { "pki/ca.crt": parts.ca, "pki/client.crt": parts.cert, "pki/client.key": parts.key };
    const paths = { "client-certificate": "pki/client.crt", "client-key": "pki/client.key" };
    return [
        one("EKS: aws eks update-kubeconfig", true, cluster, plugin("aws", ["--region", "eu-1", "eks", "get-token"], { env: [{ name: "AWS_PROFILE", value: "ops" }] })),
        one("EKS: aws-iam-authenticator, env null", true, cluster, plugin("aws", ["token", "-i", "a"], { env: null })),
        one("EKS: v1alpha1 of old tools", false, cluster, plugin("aws", [], { apiVersion: "client.authentication.k8s.io/v1alpha1" })),
        one("GKE: gke-gcloud-auth-plugin", true, cluster, plugin("gke-gcloud-auth-plugin", [], { installHint: "Install it", provideClusterInfo: true })),
        one("GKE: DNS endpoint, the system's authorities", true, { server }, plugin("gke-gcloud-auth-plugin", [], { provideClusterInfo: true })),
        one("GKE: auth-provider gcp of old tools", false, cluster, { "auth-provider": { name: "gcp", config: { "cmd-path": "/x" } } }),
        one("AKS: az aks get-credentials --admin", true, cluster, { ...client, token }),
        one("AKS: kubelogin", true, cluster, plugin("kubelogin", ["get-token", "--server-id", "x"], { env: null, installHint: "x", interactiveMode: "IfAvailable" })),
        one("OpenShift: oc login", true, cluster, { token }),
        one("OpenShift: a public authority", true, { server }, { token }),
        one("Rancher: a path", true, { server: parts.rancher, ...ca }, { token }),
        one("Teleport: tsh, tls-server-name", true, { ...cluster, "tls-server-name": "kubernetes" }, plugin("tsh", ["kube", "credentials"], { env: [] })),
        one("kind", true, cluster, client),
        one("k3d", true, { server: server.replace("127.0.0.1", "localhost"), ...ca }, client),
        one("minikube: paths", true, { server, "certificate-authority": "pki/ca.crt", extensions: [{ name: "cluster_info", extension: { provider: "minikube.sigs.k8s.io" } }] }, paths, { files: { ...files, config: config({ server, "certificate-authority": "pki/ca.crt" }, paths) } }),
        one("minikube: paths that are not there", false, { server, "certificate-authority": "/home/runner/.minikube/ca.crt" }, paths),
        one("vcluster", true, { ...cluster, extensions: [{ name: "vcluster", extension: null }] }, client),
        one("vcluster: --insecure", true, { server, "insecure-skip-tls-verify": true }, client),
        one("DigitalOcean: doctl", true, cluster, plugin("doctl", ["exec-credential"], { env: null, provideClusterInfo: false, interactiveMode: "IfAvailable" })),
        one("a pod's account: tokenFile", true, cluster, { tokenFile: "token" }, { files: { token: `${token}\n`, config: config(cluster, { tokenFile: "token" }) } }),
        one("tokenFile before token", true, cluster, {}, { files: { token, config: config(cluster, { tokenFile: "token", token: "old" }) } }),
        one("tokenFile that is not there, and a token", true, cluster, { tokenFile: "none", token }),
        one("tokenFile that is not there", false, cluster, { tokenFile: "none" }),
        one("a token that is wrong", false, cluster, { token: "wrong" }),
        one("kubectl proxy, no credentials", true, { server: parts.plain }, {}),
        one("no credentials", false, cluster, {}),
        one("a password", false, cluster, { username: "u", password: "p" }),
        one("a token and a password", false, cluster, { token, username: "u", password: "p" }),
        one("a certificate without a key", false, cluster, { "client-certificate-data": base64(parts.cert) }),
        one("a certificate that is none", false, cluster, { "client-certificate-data": "QQ==", "client-key-data": "QQ==" }),
        one("impersonation with groups", true, cluster, { token: parts.impersonator, as: "ops", "as-groups": ["system:masters"] }),
        one("impersonation without groups", false, cluster, { token: parts.impersonator, as: "ops" }),
        one("impersonation with UID and extra", true, cluster, { token: parts.impersonator, as: "ops", "as-uid": "1", "as-groups": ["system:masters", "x"], "as-user-extra": { "example.com/a": ["b"] } }),
        one("groups without a user", false, cluster, { token, "as-groups": ["system:masters"] }),
        one("a plugin's certificate", true, cluster, plugin("certificate-plugin", [])),
        one("a plugin of v1", true, cluster, plugin("v1-plugin", [], { apiVersion: v1, interactiveMode: "Never" })),
        one("a plugin of v1 without interactiveMode", false, cluster, plugin("v1-plugin", [], { apiVersion: v1 })),
        one("a plugin of another version", false, cluster, plugin("v1-plugin", [])),
        one("a plugin that needs a terminal", false, cluster, plugin("aws", [], { interactiveMode: "Always" })),
        one("a plugin that is not there", false, cluster, plugin("no-such-plugin", [])),
        one("a plugin that fails", false, cluster, plugin("sh", ["-c", "echo Token has expired >&2; exit 1"])),
        one("a plugin and a token", true, cluster, { token, ...plugin("no-such-plugin", []) }),
        one("a plugin at a path", true, cluster, {}, { files: { "bin/login": "PLUGIN", config: config(cluster, plugin("./bin/login", [])) } }),
        one("another authority", false, { server, "certificate-authority-data": base64(parts.otherCa) }, { token }),
        one("no authority that the system knows", false, { server: parts.otherServer }, { token }),
        one("an authority that is none", false, { server, "certificate-authority-data": "Q0E=" }, { token }),
        one("an authority twice", false, { ...cluster, "certificate-authority": "pki/ca.crt" }, { token }, { files: { ...files, config: config({ ...cluster, "certificate-authority": "pki/ca.crt" }, { token }) } }),
        one("an authority that is not asked", false, { ...cluster, "insecure-skip-tls-verify": true }, { token }),
        one("a bundle of authorities", true, { server, "certificate-authority-data": base64(`# ours\n${parts.otherCa}\n${parts.ca}`) }, { token }),
        one("another name", false, { ...cluster, "tls-server-name": "example.com" }, { token }),
        one("a server with a query", true, { ...cluster, server: `${server}/?x=1` }, { token }),
        one("a server without https://", false, { ...cluster, server: server.replace("https://", "") }, { token }),
        one("proxy-url http", true, { ...byName, "proxy-url": parts.httpProxy }, { token }),
        one("proxy-url https", true, { ...byName, "proxy-url": parts.httpsProxy }, { token }),
        one("proxy-url socks5", true, { ...byName, "proxy-url": parts.socksProxy }, { token }),
        one("proxy-url of a kind that there is not", false, { ...byName, "proxy-url": "ftp://127.0.0.1:1" }, { token }),
        one("a proxy that refuses", false, { ...byName, "proxy-url": parts.refusingProxy }, { token }),
        one("HTTPS_PROXY", true, byName, { token }, { env: { HTTPS_PROXY: parts.httpProxy.replace("http://", "") } }),
        one("https_proxy, socks5", true, byName, { token }, { env: { https_proxy: parts.socksProxy } }),
        one("HTTPS_PROXY and NO_PROXY", false, byName, { token }, { env: { HTTPS_PROXY: parts.httpProxy, NO_PROXY: `10.0.0.0/8,kubernetes:${parts.port}` } }),
        one("HTTPS_PROXY, and the own machine", true, cluster, { token }, { env: { HTTPS_PROXY: "http://127.0.0.1:1" } }),
        { name: "several files, a name in two", works: true, list: ["first", "second"], files: { first: config(cluster, { token }), second: config({ server: "https://127.0.0.1:1" }, { token: "b" }) } },
        { name: "several files, one not there, one empty", works: true, list: ["none", "empty", "config"], files: { empty: "", config: config(cluster, { token }) } },
        { name: "several files, entries apart", works: true, list: ["one", "two"], files: { one: config(cluster, {}, { users: null, contexts: [] }), two: config({}, { token }, { clusters: [] }) } },
        { name: "several files, one broken", works: false, list: ["config", "broken"], files: { config: config(cluster, { token }), broken: "users: [" } },
        { name: "no file", works: false, list: ["none"], files: {} },
        text("an unused user that is not usable", true, (all) => all.replace("users:\n", "users:\n  - { name: b, user: { exec: { command: x }, client-key: /none } }\n")),
        text("an unused user with wrong types", false, (all) => all.replace("users:\n", "users:\n  - { name: b, user: { token: [x] } }\n")),
        text("a name twice", false, (all) => all.replace("users:\n", "users:\n  - { name: admin/api-a:6443 }\n")),
        text("a context without a user", false, (all) => all.replace(/user: admin.*/, 'user: ""')),
        text("a context without a cluster", false, (all) => all.replace(/cluster: arn.*/, "cluster: none")),
        text("JSON", true, (all) => JSON.stringify(parse(all))),
        text("a byte order mark", true, (all) => `\ufeff${all}`),
        text("carriage returns", true, (all) => all.replace(/\n/g, "\r\n")),
        text("anchors", true, (all) => `x-ops: &ops { token: ${token} }\n${all.replace(/user:\n\s+token: .*/, "user: { <<: *ops }")}`),
        text("fields of its own", true, (all) => `${all}x-made-by: { tool: 1 }\n`),
        text("a second document", true, (all) => `${all}---\nx: [`),
        text("a key twice", true, (all) => all.replace(/( +)token: (.*)/, "$1token: old\n$1token: $2")),
        text("a token that YAML reads as a number", false, (all) => all.replace(/token: .*/, "token: 123")),
        text("a tab", false, (all) => all.replace(/ +token:/, "\ttoken:")),
        text("another kind", false, (all) => all.replace("kind: Config", "kind: Secret")),
        text("no kind and no version", true, (all) => all.replace("kind: Config\n", "").replace("apiVersion: v1\n", "")),
        text("base64 that is none, unused", false, (all) => all.replace("users:\n", 'users:\n  - { name: b, user: { client-key-data: "%" } }\n')),
    ];
}
