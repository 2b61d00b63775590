import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { findCluster } from "../../clusters/kubeconfig";
import { get } from "../../clusters/request";
import { apiServer, readCredentials } from "../../lab/clusters/api";
import { kubectl } from "../../lab/kubectl";
import { run } from "../../lab/processes/run";
import { table } from "../../lab/tables";
import { toolPath } from "../../lab/tools";
import { inFolder } from "../../scripts/support/folder";
import { type Parts, type Shape, shapes } from "./support/kubeconfigShapes";
import { httpProxy, pathFront, plainFront, type Running, socksProxy } from "./support/proxies";

/** What kubectl and our checks say of one kubeconfig. */
interface Verdict {
    readonly shape: Shape;
    readonly kubectl: boolean;
    readonly ours: boolean;
    /** Our error. */
    readonly error: string;
}

const cluster = "staging";
const namespace = "kubeconfigs";

/** A question that needs rights. */
const question = "api/v1/namespaces/kube-system/secrets?limit=1";

/** One account that may do everything, and one that may only act as others. */
const accounts = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: namespace },
        rules: [
            { apiGroups: [""], resources: ["users", "groups"], verbs: ["impersonate"] },
            { apiGroups: ["authentication.k8s.io"], resources: ["uids", "userextras/example.com/a"], verbs: ["impersonate"] },
        ],
    },
    ...Object.entries({ admin: "cluster-admin", impersonator: namespace }).flatMap(([name, role]) => [
        { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
        {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRoleBinding",
            metadata: { name: `${namespace}-${name}` },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
            subjects: [{ kind: "ServiceAccount", name, namespace }],
        },
    ]),
];

/** How many kubeconfigs kubectl reads at the same time. */
const atOnce = 4;

describe("kubeconfigs, as kubectl and our checks read them", () => {
    const servers: Running[] = [];

    before(async () => inFolder(async (folder) => {
        const file = path.join(folder, "accounts.yaml");
        fs.writeFileSync(file, accounts.map((object) => stringify(object)).join("---\n"));
        await kubectl(cluster, ["create", `--filename=${file}`]);
    }));

    after(async () => {
        servers.forEach((server) => server.close());
        await kubectl(cluster, ["delete", "namespace", namespace, "--wait=false"]);
        await kubectl(cluster, ["delete", "clusterrole", namespace]);
        await kubectl(cluster, ["delete", "clusterrolebinding", `${namespace}-admin`, `${namespace}-impersonator`]);
    });

    it("get the same verdict from both", async () => {
        const parts = await partsOf(async (starting) => {
            const server = await starting;
            servers.push(server);
            return server.port;
        });
        const verdicts = await inFolder((folder) => verdictsOn(shapes(parts), parts, folder));
        const word = (works: boolean) => (works ? "works" : "refused");
        const rows = verdicts.map(({ shape, kubectl, ours }) => [shape.name, word(kubectl), word(ours)]);
        process.stdout.write(`${table(["kubeconfig", "kubectl", "our checks"], rows)}\n`);
        for (const { shape, kubectl, ours, error } of verdicts) {
            expect([kubectl, ours], `${shape.name}: ${error}`).to.deep.equal([shape.works, shape.works]);
            expect(error, shape.name).to.match(shape.works ? /^$/ : /^hubspoke:clusters\.a[.:]/);
            for (const secret of [parts.token, parts.impersonator, "example-secret"]) {
                expect(error, shape.name).not.to.include(secret);
            }
        }
    });
});

async function tokenOf(account: string): Promise<string> {
    return (await kubectl(cluster, ["create", "token", account, `--namespace=${namespace}`])).trim();
}

async function partsOf(started: (server: Promise<Running>) => Promise<number>): Promise<Parts> {
    const { ca, cert, key } = readCredentials(cluster);
    const { url: server } = apiServer(cluster);
    const { port } = new URL(server);
    const target = { host: "127.0.0.1", port, ca, cert, key };
    const prefix = "/k8s/clusters/c-m-abcd";
    return {
        server,
        port,
        ca,
        cert,
        key,
        token: await tokenOf("admin"),
        impersonator: await tokenOf("impersonator"),
        rancher: `https://127.0.0.1:${await started(pathFront(prefix, target, { cert, key }))}${prefix}`,
        plain: `http://127.0.0.1:${await started(plainFront(target))}`,
        httpProxy: `http://127.0.0.1:${await started(httpProxy())}`,
        httpsProxy: `https://127.0.0.1:${await started(httpProxy(200, { cert, key }))}`,
        refusingProxy: `http://127.0.0.1:${await started(httpProxy(407))}`,
        socksProxy: `socks5://127.0.0.1:${await started(socksProxy())}`,
        otherCa: readCredentials("prod").ca,
        otherServer: apiServer("prod").url,
    };
}

/** Asks kubectl about several at once, and our checks one after another: the variables are this process's own. */
async function verdictsOn(all: readonly Shape[], parts: Parts, folder: string): Promise<Verdict[]> {
    const bin = writePlugins(folder, parts);
    const authority = path.join(folder, "system.crt");
    fs.writeFileSync(authority, parts.ca);
    const environment = (shape: Shape, index: number) => ({
        PATH: `${bin}${path.delimiter}${process.env.PATH}`,
        SSL_CERT_FILE: authority,
        KUBECONFIG: writeFiles(path.join(folder, String(index)), shape, bin),
        ...shape.env,
    });
    const environments = all.map(environment);
    const verdicts: Verdict[] = [];
    for (let begin = 0; begin < all.length; begin += atOnce) {
        const batch = environments.slice(begin, begin + atOnce);
        const answers = await Promise.all(batch.map(async (env) => (await askKubectl(env)).ok));
        for (const [offset, kubectl] of answers.entries()) {
            const error = await withEnvironment(batch[offset] ?? {}, askOurs);
            verdicts.push({ shape: all[begin + offset] as Shape, kubectl, ours: error === "", error });
        }
    }
    return verdicts;
}

function askKubectl(env: Readonly<Record<string, string>>) {
    const args = ["--context", "a", "--request-timeout", "10s", "get", "--raw", `/${question}`];
    return run(toolPath("kubectl"), args, { env, timeoutMs: 30_000 });
}

/** @returns the error's message, or nothing where there is none */
async function askOurs(): Promise<string> {
    try {
        await get(await findCluster("clusters.a", { context: "a" }), question);
        return "";
    } catch (error) {
        return (error as Error).message;
    }
}

async function withEnvironment<T>(env: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
        return await work();
    } finally {
        for (const name of Object.keys(env)) {
            if (before[name] === undefined) {
                delete process.env[name];
            } else {
                process.env[name] = before[name];
            }
        }
    }
}

/** Writes a shape's files, a plugin's among them. @returns the value of KUBECONFIG */
function writeFiles(folder: string, { files, list = ["config"] }: Shape, bin: string): string {
    for (const [name, text] of Object.entries(files)) {
        const file = path.join(folder, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        if (text === "PLUGIN") {
            fs.copyFileSync(path.join(bin, "aws"), file);
        } else {
            fs.writeFileSync(file, text);
        }
    }
    return list.map((name) => path.join(folder, name)).join(path.delimiter);
}

/** Stand-ins for the clouds' commands. @returns their folder */
function writePlugins(folder: string, { token, cert, key }: Parts): string {
    const bin = path.join(folder, "bin");
    fs.mkdirSync(bin);
    const credential = (version: string, status: object) =>
        JSON.stringify({ kind: "ExecCredential", apiVersion: `client.authentication.k8s.io/${version}`, status });
    const write = (name: string, printed: string) =>
        fs.writeFileSync(path.join(bin, name), `#!/bin/sh\ncat <<'END'\n${printed}\nEND\n`, { mode: 0o755 });
    for (const name of ["aws", "gke-gcloud-auth-plugin", "kubelogin", "tsh", "doctl"]) {
        write(name, credential("v1beta1", { token }));
    }
    write("v1-plugin", credential("v1", { token }));
    write("certificate-plugin", credential("v1beta1", { clientCertificateData: cert, clientKeyData: key }));
    return bin;
}
