import { expect } from "chai";
import { agentRepositoryUrl } from "../../lab/argocd";
import { kubectl } from "../../lab/kubectl";
import { kubeconfigPath } from "../../lab/paths";
import { run, waitFor } from "../../lab/processes";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { readInLab } from "../../lab/stacks/project";
import { toolPath } from "../../lab/tools";
import { waitForApplications } from "../../lab/waiting";
import { applyByHand } from "../../lab/apply";
import { argocdClusterAdd } from "./support/clusterAdd";
import { noteSecret } from "./support/secrets";
import { destroyProtected, getObject, type KubeObject, namesOf, npmRun, pulumi, pulumiOk } from "./support/lab";

/** A label that the registration has and the stack file lacks. */
const tier = "gold";

/** An Application that nobody's ApplicationSet made; its release is another, so that it shares no object. */
function byHand(source: object, cluster: object): object {
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name: "by-hand", namespace: "argocd", finalizers: ["resources-finalizer.argocd.argoproj.io"] },
        spec: {
            project: "agent",
            source: {
                ...source,
                helm: {
                    releaseName: "by-hand",
                    valueFiles: ["values.yaml"],
                    valuesObject: { cluster, replicas: 1, autoscaling: { enabled: false } },
                },
            },
            destination: { name: "dr", namespace: "agent" },
            syncPolicy: { automated: { prune: true, selfHeal: true } },
        },
    };
}

interface UidList {
    readonly items: readonly {
        readonly kind: string;
        readonly metadata: { readonly name: string; readonly uid: string };
    }[];
}

/** Applications on the hub, and workloads on dr, by their UIDs: what is made anew has another. */
async function uids(): Promise<Record<string, string>> {
    const lists = await Promise.all([
        kubectl("hub", ["get", "applications", "--namespace=argocd", "--output=json"]),
        kubectl("dr", ["get", "deployments,pods,services", "--namespace=agent", "--output=json"]),
    ]);
    const items = lists.flatMap((json) => (JSON.parse(json) as UidList).items);
    return Object.fromEntries(items.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.uid]));
}

describe("a cluster that `argocd cluster add` registered", () => {
    let secret: string;
    let revision: string;
    let oldToken: string;
    /** Arguments of the `kubectl` commands that remove what is left of the old account. */
    let commands: string[][];

    before(async () => {
        await destroyProtected("dr");
        const clusters = readInLab("dr")["hubspoke:clusters"] as { dr: { revision: string } };
        revision = clusters.dr.revision;
        await kubectl("dr", ["create", "namespace", "agent"]);
        await kubectl("dr", ["label", "namespace", "agent", "team=shop"]);
        await kubectl("dr", ["create", "quota", "team", "--namespace=agent", "--hard=services=20"]);
        secret = await argocdClusterAdd({
            spoke: "dr",
            namespace: "argocd",
            labels: {
                deploy: "true",
                environment: "dr",
                region: "eu-central-1",
                tier,
                "app.kubernetes.io/managed-by": "pulumi",
            },
            annotations: { domain: "dr.example.com", revision },
            more: ["--project", "agent"],
        });
        // As a person has it who keeps cluster Secrets in files.
        const held = await getObject("hub", "argocd", "secret", secret);
        oldToken = (JSON.parse(Buffer.from(held.data?.config ?? "", "base64").toString()) as { bearerToken: string }).bearerToken;
        noteSecret("the token of `argocd cluster add`", oldToken);
        await kubectl("hub", [
            "annotate", "secret", secret, "--namespace=argocd", "addons_repo_url=https://git.example.com/addons",
            `kubectl.kubernetes.io/last-applied-configuration=${JSON.stringify({ token: oldToken })}`,
        ]);
        const source = { repoURL: agentRepositoryUrl(), path: "helm", targetRevision: revision };
        const cluster = {
            name: "dr", environment: "dr", region: "eu-central-1", domain: "by-hand.example.com", dnsDomain: "cluster.local",
        };
        await applyByHand("hub", [byHand(source, cluster)]);
        await waitForApplications(["agent-dr", "by-hand"]);
    });

    it("is refused in a preview, which names the registration and how to adopt it", async () => {
        const { ok, output } = await pulumi("dr", "preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/clusters\.dr: the hub already has a cluster "dr" at https:\S+/);
        expect(output).to.include(`(Secret ${secret}, from another tool). Adopt it with npm run adopt -- dr`);
    });

    it("is not adopted while the stack file lacks one of its labels; the error says what to write", async () => {
        const before = readInLab("dr");
        const { ok, output } = await npmRun("adopt", pulumiEnvironment(), "dr");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/nothing was changed/);
        expect(output).to.match(/hubspoke:clusters\.dr\.labels\.tier: is missing.*Write `labels\.tier: "gold"`/);
        expect(readInLab("dr")).to.deep.equal(before);
        await pulumiOk("dr", "config", "set", "--path", "hubspoke:clusters.dr.labels.tier", tier);
    });

    it("is adopted in place: no Application and no workload is replaced, and its token has few rights", async () => {
        const registered = await getObject("hub", "argocd", "secret", secret);
        const before = await uids();
        expect(Object.keys(before)).to.include.members(["Application agent-dr", "Application by-hand", "Deployment agent"]);

        const { ok, output } = await npmRun("adopt", pulumiEnvironment(), "dr");
        expect(ok, output).to.equal(true);
        expect(output).to.include("dr: Argo CD now uses the stack's account on dr");
        commands = [...output.matchAll(/^ {2}kubectl (.*)$/gm)].map(([, args = ""]) => args.split(" "));

        const adopted = await getObject("hub", "argocd", "secret", secret);
        expect(adopted.metadata.uid).to.equal(registered.metadata.uid);
        expect(adopted.metadata.labels).to.include(registered.metadata.labels);
        expect(adopted.metadata.annotations).to.include({ "hubspoke/stack": "organization/hubspoke/dr", revision });
        expect(adopted.metadata.annotations).to.include({ addons_repo_url: "https://git.example.com/addons" });
        expect(JSON.stringify(adopted.metadata)).not.to.include(oldToken);
        expect(JSON.stringify(adopted.metadata)).not.to.include("last-applied-configuration");
        expect(adopted.data).to.include({ name: registered.data?.name, server: registered.data?.server });
        expect(adopted.data?.config).not.to.equal(registered.data?.config);
        expect(Buffer.from(adopted.data?.namespaces ?? "", "base64").toString()).to.equal("agent");
        expect(await namesOf("hub", "argocd", "secrets")).not.to.include("cluster-dr");
        await waitForApplications(["agent-dr", "by-hand"]);
        expect(await uids()).to.deep.equal(before);

        const preview = await pulumi("dr", "preview", "--expect-no-changes");
        expect(preview.ok, preview.output).to.equal(true);
    });

    it("has the namespace that was there, with its team's label and quota beside the stack's", async () => {
        const json = await kubectl("dr", ["get", "namespace", "agent", "--output=json"]);
        const { metadata } = JSON.parse(json) as KubeObject;
        expect(metadata.labels).to.include({ team: "shop", "pod-security.kubernetes.io/enforce": "restricted" });
        expect(metadata.annotations).to.include({ "hubspoke/adopted": "true" });
        expect(await namesOf("dr", "agent", "resourcequotas")).to.have.members(["agent", "team"]);
    });

    it("loses the old account by the printed commands, and Argo CD continues to deliver", async () => {
        expect(commands).to.have.length(2);
        for (const args of commands) {
            const { ok, output } = await run(toolPath("kubectl"), args, { env: { KUBECONFIG: kubeconfigPath } });
            expect(ok, output).to.equal(true);
        }
        expect(await namesOf("dr", "kube-system", "serviceaccounts,secrets")).not.to.include.members(["argocd-manager"]);
        const { uid } = (await getObject("dr", "agent", "service", "agent")).metadata;
        await kubectl("dr", ["delete", "service", "agent", "--namespace=agent"]);
        await kubectl("hub", ["delete", "application", "by-hand", "--namespace=argocd", "--wait=false"]);
        await waitFor(
            "Argo CD to put back the agent's Service, and to prune the Application by hand",
            async () => {
                const seen = await uids();
                const back = seen["Service agent"] !== undefined && seen["Service agent"] !== uid;
                const left = Object.keys(seen).filter((key) => key.includes("by-hand"));
                return back && left.length === 0 ? { done: true } : { seen: Object.keys(seen).join(", ") };
            },
            { timeoutMs: 120_000, intervalMs: 500 },
        );
    });

    it("belongs to the stack afterwards: there is nothing more to adopt", async () => {
        const { ok, output } = await npmRun("adopt", pulumiEnvironment(), "dr");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/nothing to adopt: .*This stack registered "dr"/);
    });

    it("keeps the namespace that it had, and what is the team's in it, when the stack is destroyed", async () => {
        await destroyProtected("dr");
        expect(await namesOf("dr", "agent", "resourcequotas")).to.deep.equal(["team"]);
        await kubectl("dr", ["delete", "namespace", "agent"]);
        // The search for secrets, which comes next, looks at all three clusters.
        await pulumiOk("dr", "up", "--yes", "--skip-preview");
    });
});
