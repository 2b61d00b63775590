import { expect } from "chai";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { agentRepositoryUrl } from "../../lab/argocd";
import { applyByHand } from "../../lab/apply";
import { kubectl } from "../../lab/kubectl";
import { removeKeptCrds } from "../../lab/leftovers";
import { kubeconfigPath, projectRoot } from "../../lab/paths";
import { run } from "../../lab/processes";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { readInLab, removeStackFile, writeOtherHub } from "../../lab/stacks/project";
import { destroy, pulumi } from "../../lab/stacks/pulumi";
import { toolPath } from "../../lab/tools";
import { npmRun, transcript } from "./support/lab";
import { noteSecret, secretsOn } from "./support/secrets";

const stack = "brownfield-hub";
const cluster = "staging";

const applications = ["one", "two", "three", "four", "five"];

const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
        name: "applications.argoproj.io",
        labels: { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/part-of": "argocd" },
        annotations: { "meta.helm.sh/release-name": "argo-cd", "meta.helm.sh/release-namespace": "argo" },
    },
    spec: {
        group: "argoproj.io",
        names: { kind: "Application", plural: "applications", singular: "application", listKind: "ApplicationList" },
        scope: "Namespaced",
        versions: [
            {
                name: "v1alpha1",
                served: true,
                storage: true,
                schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
        ],
    },
};

/** An application controller, as upstream's manifests label it. */
function controller(namespace: string) {
    const labels = { "app.kubernetes.io/part-of": "argocd", "app.kubernetes.io/component": "application-controller" };
    const name = "argocd-application-controller";
    return {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name, namespace, labels },
        spec: {
            serviceName: name,
            replicas: 0,
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: { containers: [{ name, image: `registry.invalid/${name}` }] } },
        },
    };
}

function namespace(name: string) {
    return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { team: "platform" } } };
}

/** An Application of the hub's users before the adoption. */
function application(name: string) {
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name, namespace: "argocd", finalizers: ["resources-finalizer.argocd.argoproj.io"] },
        spec: {
            project: "default",
            source: { repoURL: agentRepositoryUrl(), path: "helm", targetRevision: "HEAD" },
            destination: { name: "in-cluster", namespace: name },
        },
    };
}

function appProject(name: string) {
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "AppProject",
        metadata: { name },
        spec: { sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }] },
    };
}

async function helm(...args: string[]): Promise<string> {
    const all = [...args, "--kube-context", cluster, "--namespace", "argocd"];
    const { ok, output } = await run(toolPath("helm"), all, { env: { KUBECONFIG: kubeconfigPath }, timeoutMs: 300_000 });
    expect(ok, output).to.equal(true);
    return output;
}

/** The error of a preview that must fail. */
async function refusal(): Promise<string> {
    const error = await pulumi(stack, ["preview"]).then(
        () => undefined,
        (reason: Error) => reason.message,
    );
    expect(error, "an error").not.to.equal(undefined);
    transcript.push(error ?? "");
    return error ?? "";
}

interface UidList {
    readonly items: readonly {
        readonly kind: string;
        readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
    }[];
}

/** What the adoption must not create anew, by its UID. */
async function uids(): Promise<Record<string, string>> {
    const kinds = "applications,applicationsets,appprojects,secrets";
    const lists = await Promise.all([
        kubectl(cluster, ["get", kinds, "--namespace=argocd", "--output=json"]),
        kubectl(cluster, ["get", "crd,namespaces", "--output=json"]),
    ]);
    const items = lists.flatMap((json) => (JSON.parse(json) as UidList).items);
    expect(items.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).to.deep.equal([]);
    // The Secret of notifications is the stack's after an adoption, as the list says.
    const others = /^(sh\.helm\.release|argocd-notifications-secret)/;
    const kept = items.filter(({ metadata }) => !others.test(metadata.name));
    return Object.fromEntries(kept.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.uid]));
}

/** Removes the Applications, whose finalizers no Argo CD on this cluster fulfils. */
async function removeApplications(): Promise<void> {
    const names = (await kubectl(cluster, ["get", "applications", "--namespace=argocd", "--output=name"])).trim();
    const patch = ["--type=merge", '--patch={"metadata":{"finalizers":null}}'];
    for (const name of names.split("\n").filter((one) => one !== "")) {
        await kubectl(cluster, ["patch", name, "--namespace=argocd", ...patch]);
        await kubectl(cluster, ["delete", name, "--namespace=argocd", "--ignore-not-found"]);
    }
}

describe("a hub that has an Argo CD already", () => {
    let chart: string;
    before(async () => {
        chart = process.env.ARGO_CD_CHART ?? (readInLab("hub")["hubspoke:chart"] as { path: string }).path;
        // Its Applications deliver to the hub itself.
        const kinds = [{ apiGroup: "apps", resources: ["deployments"] }];
        writeOtherHub(stack, cluster, {
            "hubspoke:availability": "single",
            "hubspoke:chart": { path: chart },
            "hubspoke:defaultProject": "unmanaged",
            // Their repository has no submodules, which only it can tell.
            "hubspoke:otherSources": [],
            "hubspoke:permissions": { scope: "cluster", kinds, namespaces: applications },
        });
        await pulumi(stack, ["stack", "init"]);
    });

    after(async () => {
        await removeApplications();
        await destroy(stack, () => undefined);
        removeStackFile(stack);
        await kubectl(cluster, ["delete", "namespace", "argocd", "argo", "--ignore-not-found"]);
        await removeKeptCrds(cluster);
    });

    it("is refused in the preview with a CRD that is another release's", async () => {
        await applyByHand(cluster, [crd]);
        try {
            const error = await refusal();
            expect(error).to.include("the hub has of the Helm release argo/argo-cd: the CRDs applications.argoproj.io");
            expect(error).to.include(`To adopt: npm run adopt -- ${stack}`);
        } finally {
            await kubectl(cluster, ["delete", "crd", crd.metadata.name]);
        }
    });

    it("is refused with an Argo CD of plain manifests, and with one in another namespace", async () => {
        await applyByHand(cluster, [namespace("argocd"), controller("argocd"), namespace("argo"), controller("argo")]);
        try {
            const error = await refusal();
            expect(error).to.match(/another Argo CD runs in namespace argo \(installed by manifests\)/);
            expect(error).to.include("docs/brownfield.md");
            expect(error).to.match(/an Argo CD runs in namespace argocd \(installed by manifests\)/);
            const { ok, output } = await npmRun("adopt", pulumiEnvironment(), stack, "--yes");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/is not adopted, and nothing was changed:[^]*installed by manifests/);
        } finally {
            await kubectl(cluster, ["delete", "namespace", "argocd", "argo"]);
        }
    });

    describe("from `helm install` with the chart's defaults, under another release's name", () => {
        let before: Record<string, string>;

        it("is refused in the preview, which names the way to adopt it", async () => {
            await applyByHand(cluster, [namespace("argocd")]);
            const more = ["--wait", "--timeout=240s", "--set=configs.cm.statusbadge\\.enabled=true"];
            await helm("install", "argo-cd", chart, ...more);
            await applyByHand(cluster, applications.map(application));
            before = await uids();
            const error = await refusal();
            expect(error).to.include('an Argo CD in namespace argocd (Helm release "argo-cd")');
            expect(error).to.include(`To adopt: npm run adopt -- ${stack}`);
            expect(await uids()).to.deep.equal(before);
        });

        it("is not adopted until its name is typed; what would change is listed", async () => {
            const { ok, output } = await npmRun("adopt", pulumiEnvironment(), stack);
            expect(ok, output).to.equal(false);
            expect(output).to.match(/Helm release argo-cd: argo-cd \S+ \(Argo CD v\S+\) becomes/);
            expect(output).to.match(/values of the release that are dropped[^]*configs\.cm\."statusbadge\.enabled"/);
            expect(output, output).to.match(/(import|update) argocd-release/);
            expect(output).to.match(/values that the program adds[^]*createClusterRoles: false/);
            expect(output).to.include("create hub-rights-role (kubernetes:rbac.authorization.k8s.io/v1:ClusterRole)");
            expect(output).to.include("5 Applications stay as they are");
            expect(output).to.include(`${stack} was not typed, so nothing was changed`);
            expect(await uids()).to.deep.equal(before);
        });

        it("is adopted: nothing is created anew, and nothing is left to change", async () => {
            const { ok, output } = await npmRun("adopt", pulumiEnvironment(), stack, "--yes");
            expect(ok, output).to.equal(true);
            expect(output).to.include("all 5 Applications are what they were");
            (await secretsOn(cluster)).forEach((value, where) => noteSecret(`brownfield hub: ${where}`, value));
            expect(await uids()).to.include(before);
            expect(await helm("list", "--short")).to.equal("argo-cd");
            const labels = ["get", "namespace", "argocd", "--output=jsonpath={.metadata.labels.team}"];
            expect(await kubectl(cluster, labels)).to.equal("platform");
            await pulumi(stack, ["preview", "--expect-no-changes"]);
            await pulumi(stack, ["refresh", "--yes", "--skip-preview"]);
            await pulumi(stack, ["preview", "--expect-no-changes"]);
        });

        it("is not destroyed while Applications of others are there", async () => {
            const error = await pulumi(stack, ["destroy", "--yes", "--skip-preview"]).catch((reason: Error) => reason.message);
            expect(error).to.match(/Applications of others: .*one/);
            expect(await uids()).to.include(before);
        });

        it("is destroyed when they are gone; the namespace and the CRDs stay", async () => {
            await removeApplications();
            await destroy(stack, () => undefined);
            const after = await uids();
            expect(after["Namespace argocd"]).to.equal(before["Namespace argocd"]);
            const crd = "CustomResourceDefinition applications.argoproj.io";
            expect(after[crd]).to.equal(before[crd]);
        });
    });

    describe("of plain manifests in another namespace", () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-move-"));
        const names = ["one", "two", "three", "four", "five"];
        const token = randomBytes(16).toString("hex");
        const secret = (name: string, type: string, data: Record<string, string>) => ({
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name, namespace: "argo", labels: { "argocd.argoproj.io/secret-type": type } },
            stringData: data,
        });
        const config = JSON.stringify({ bearerToken: token, tlsClientConfig: { insecure: true } });
        const objects = () => [
            { ...appProject("team"), metadata: { name: "team", namespace: "argo" } },
            ...names.map((name) => ({ ...application(name), metadata: { ...application(name).metadata, namespace: "argo" } })),
            {
                apiVersion: "argoproj.io/v1alpha1",
                kind: "ApplicationSet",
                metadata: { name: "all", namespace: "argo" },
                spec: {
                    generators: [{ list: { elements: [] } }],
                    template: { metadata: { name: "x" }, spec: application("x").spec },
                },
            },
            secret("cluster-far", "cluster", { name: "far", server: "https://far.example.com", config }),
            secret("hub-itself", "cluster", { name: "in-cluster", server: "https://kubernetes.default.svc", config: "{}" }),
            secret("repo", "repository", { url: `https://git.example.com/${token}`, password: token }),
        ];
        let crds: Record<string, string>;

        before(async () => {
            noteSecret("brownfield hub: the token of a cluster that moves", token);
            await kubectl(cluster, ["delete", "namespace", "argocd"]);
            await pulumi(stack, ["config", "rm", "hubspoke:adoptedRelease"]);
            // A release with the program's own name is under its policies.
            await pulumi(stack, ["config", "set", "hubspoke:availability", "ha"]);
            const template = ["template", "argocd", chart, "--namespace", "argo"];
            const { ok, output, stdout } = await run(toolPath("helm"), template, { timeoutMs: 60_000 });
            expect(ok, output).to.equal(true);
            fs.writeFileSync(path.join(folder, "install.yaml"), stdout);
            await kubectl(cluster, ["create", "namespace", "argo"]);
            const whole = ["--namespace=argo", "--server-side", "--force-conflicts"];
            await kubectl(cluster, ["apply", ...whole, `--filename=${folder}/install.yaml`]);
            await kubectl(cluster, ["wait", "pods", "--all", "--for=condition=Ready", "--namespace=argo", "--timeout=50s"]);
            const known = ["wait", "crd", "--selector=app.kubernetes.io/part-of=argocd", "--for=condition=Established"];
            await kubectl(cluster, known);
            await applyByHand(cluster, objects());
            crds = await crdUids();
        });

        after(async () => {
            fs.rmSync(folder, { recursive: true });
            const made = ["secret/cluster-far", "secret/repo", "applicationset/all", "--ignore-not-found"];
            await kubectl(cluster, ["delete", "--namespace=argocd", ...made]);
        });

        /** Runs commands of the page, as a person does: on the hub, and with the namespace of the old Argo CD. */
        async function type(commands: string): Promise<string> {
            const kubeconfig = path.join(folder, "kubeconfig");
            const whole = parse(fs.readFileSync(kubeconfigPath, "utf8")) as object;
            fs.writeFileSync(kubeconfig, stringify({ ...whole, "current-context": cluster }), { mode: 0o600 });
            const script = commands.replace(/^from=.*$/m, "").replace(/^/, "from=argo\n");
            const { ok, output } = await run("bash", ["-c", script], {
                cwd: folder,
                env: { ...pulumiEnvironment(), KUBECONFIG: kubeconfig },
                timeoutMs: 180_000,
            });
            expect(ok, output).to.equal(true);
            transcript.push(output);
            return output;
        }

        it("is refused in the preview, which names the page", async () => {
            const error = await refusal();
            expect(error).to.match(/another Argo CD runs in namespace argo \(installed by manifests\).*brownfield\.md/);
        });

        it("moves by the commands of docs/brownfield.md: nothing is lost, and the CRDs stay", async () => {
            const commands = movingCommands();
            expect(commands).to.have.length(5);
            for (const command of commands.slice(0, 4)) {
                await type(command);
            }
            expect(await namesOf("argo", "statefulsets,deployments,applications,applicationsets")).to.deep.equal([]);
            const { ok, output } = await npmRun("adopt", pulumiEnvironment(), stack, "--yes");
            expect(ok, output).to.equal(true);
            await pulumi(stack, ["preview", "--expect-no-changes"]);
            (await secretsOn(cluster)).forEach((value, where) => noteSecret(`brownfield hub: ${where}`, value));
            expect(await type(commands[4] ?? "")).not.to.match(/error/i);
            expect(await crdUids()).to.deep.equal(crds);
            expect(await namesOf("argocd", "applications")).to.have.members(names);
            expect(await namesOf("argocd", "appprojects")).to.include.members(["team", "agent"]);
            const secrets = await namesOf("argocd", "secrets");
            expect(secrets).to.include.members(["cluster-far", "repo", "cluster-in-cluster"]).and.not.include("hub-itself");
            expect(await namesOf("argocd", "applicationsets")).to.include("all");
            interface Read {
                readonly metadata: { readonly finalizers?: readonly string[]; readonly annotations?: object };
                readonly spec: object;
                readonly data: { readonly config?: string };
            }
            const read = async (kind: string, name: string) => {
                const json = await kubectl(cluster, ["get", kind, name, "--namespace=argocd", "--output=json"]);
                return JSON.parse(json) as Read;
            };
            const { metadata, spec } = await read("application", "one");
            expect(metadata.finalizers).to.deep.equal(application("one").metadata.finalizers);
            expect(spec).to.deep.equal(application("one").spec);
            const far = await read("secret", "cluster-far");
            expect(far.metadata).not.to.have.property("annotations");
            expect(Buffer.from(far.data.config ?? "", "base64").toString()).to.equal(config);
            expect(fs.readdirSync(folder)).not.to.include.members(["argocd-secrets.json"]);
        });
    });
});

/** The commands on the page of a move, one block after another. */
function movingCommands(): string[] {
    const page = fs.readFileSync(path.join(projectRoot, "docs", "brownfield.md"), "utf8");
    const section = /^## Move an Argo CD[^]*?(?=^## )/m.exec(page)?.[0] ?? "";
    return [...section.matchAll(/^ {3}```sh\n([^]*?)^ {3}```$/gm)].map(([, block = ""]) => block.replace(/^ {3}/gm, ""));
}

async function crdUids(): Promise<Record<string, string>> {
    const { items } = JSON.parse(await kubectl(cluster, ["get", "crd", "--output=json"])) as UidList;
    const argoCds = items.filter(({ metadata }) => metadata.name.endsWith(".argoproj.io"));
    return Object.fromEntries(argoCds.map(({ metadata }) => [metadata.name, metadata.uid]));
}

async function namesOf(namespace: string, kinds: string): Promise<string[]> {
    const json = await kubectl(cluster, ["get", kinds, `--namespace=${namespace}`, "--output=json"]);
    return (JSON.parse(json) as UidList).items.map(({ metadata }) => metadata.name);
}
