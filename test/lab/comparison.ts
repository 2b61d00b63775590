import { expect } from "chai";
import { agentRepositoryUrl } from "../../lab/argocd";
import { kubectl } from "../../lab/kubectl";
import { waitFor } from "../../lab/processes";
import { table } from "../../lab/tables";
import { waitForApplications } from "../../lab/waiting";
import { applyByHand } from "../../lab/apply";
import { argocdClusterAdd, removeClusterAdd } from "./support/clusterAdd";
import { clusterSecret, getObject, namesOf } from "./support/lab";
import { otherNamespace, startOtherArgoCd } from "./support/otherArgoCd";
import { noteSecret } from "./support/secrets";
import { askWith, type Credential } from "./support/token";

/** An Application of the other Argo CD: the agent's chart into a namespace that it makes itself. */
function theirApplication(): object {
    const cluster = {
        name: "staging", environment: "staging", region: "eu", domain: "other.example.com", dnsDomain: "cluster.local",
    };
    return {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name: "other", namespace: otherNamespace },
        spec: {
            project: "default",
            source: {
                ...{ repoURL: agentRepositoryUrl(), path: "helm", targetRevision: "main" },
                helm: { releaseName: "agent", valueFiles: ["values.yaml"], valuesObject: { cluster } },
            },
            destination: { name: "staging", namespace: "other" },
            syncPolicy: { automated: { prune: true }, syncOptions: ["CreateNamespace=true"] },
        },
    };
}

async function waitForTheirs(): Promise<void> {
    await waitFor(
        "the other Argo CD's Application to be Synced and Healthy",
        async () => {
            const json = await kubectl("hub", ["get", "application", "other", "-n", otherNamespace, "--output=json"]);
            const { status } = JSON.parse(json) as {
                status?: { sync?: { status: string }; health?: { status: string }; conditions?: { message: string }[] };
            };
            const seen = `${status?.sync?.status} ${status?.health?.status}`;
            const why = status?.conditions?.map(({ message }) => message).join("; ") ?? "";
            return seen === "Synced Healthy" ? { done: true } : { seen: `${seen} ${why}` };
        },
        { timeoutMs: 120_000, intervalMs: 500 },
    );
}

interface Rules {
    readonly status: {
        readonly resourceRules: readonly {
            readonly apiGroups: readonly string[];
            readonly resources: readonly string[];
            readonly verbs: readonly string[];
        }[];
    };
}

/** Groups of which every account may ask something: who am I, what may I, which CAs are trusted. */
const everybodys = /^(authorization|authentication|certificates)\.k8s\.io$/;

/** What a token may do in a namespace, as `kubectl auth can-i --list` asks for it; without what everybody may. */
async function rights(credential: Credential, namespace: string): Promise<string> {
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec: { namespace } };
    const path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    const { body } = await askWith(credential, path, { method: "POST", body: review });
    const rows = (JSON.parse(body) as Rules).status.resourceRules
        .filter(({ apiGroups }) => !apiGroups.some((group) => everybodys.test(group)))
        .map(({ apiGroups, resources, verbs }) => {
            const groups = apiGroups.map((group) => (group === "" ? "" : `.${group}`));
            return `${resources.join(", ")}${groups.join(", ")}: ${verbs.join(", ")}`;
        });
    return rows.length === 0 ? "nothing" : [...new Set(rows)].sort().join("\n");
}

const rbac = "/apis/rbac.authorization.k8s.io/v1";
const dryRun = "?dryRun=All";

/** What a thief would try first. Nothing of it is kept: the API server decides, and forgets. */
function attempts(pod: string) {
    const binding = {
        metadata: { name: "thief" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "thief" }],
    };
    const wider = { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] };
    const merge = "application/merge-patch+json";
    return [
        { what: "read Secrets of kube-system", path: "/api/v1/namespaces/kube-system/secrets" },
        {
            what: "create a ClusterRoleBinding",
            path: `${rbac}/clusterrolebindings${dryRun}`,
            ask: { method: "POST", body: binding },
        },
        { what: "list nodes", path: "/api/v1/nodes" },
        {
            what: "exec into a pod",
            path: `/api/v1/namespaces/agent/pods/${pod}/exec?command=id&stdout=true`,
            ask: { method: "POST" },
            // Nothing runs in simulated pods: who may, is told so by another answer than a refusal.
            allowed: [400, 500, 502, 503],
        },
        {
            what: "escalate a Role",
            path: `${rbac}/namespaces/agent/roles/argocd-manager${dryRun}`,
            ask: { method: "PATCH", body: wider, type: merge },
        },
        {
            what: "write to another namespace",
            path: `/api/v1/namespaces/default/configmaps${dryRun}`,
            ask: { method: "POST", body: { metadata: { name: "thief" } } },
        },
    ];
}

describe("compared with the real `argocd cluster add` of the same spoke", () => {
    let ours: Credential;
    let theirs: Credential;
    let stop: () => Promise<void>;

    before(async () => {
        const { server, config } = await clusterSecret("staging");
        const { caData } = config.tlsClientConfig;
        ours = { server, caData, token: config.bearerToken };
        stop = await startOtherArgoCd();
        await argocdClusterAdd({ spoke: "staging", namespace: otherNamespace });
        await applyByHand("hub", [theirApplication()]);
        const { data } = await getObject("staging", "kube-system", "secret", "argocd-manager-long-lived-token");
        theirs = { server, caData, token: Buffer.from(data?.token ?? "", "base64").toString("utf8") };
        noteSecret("the token of argocd cluster add", theirs.token);
    });

    after(async () => {
        await stop();
        await removeClusterAdd("staging");
        await kubectl("staging", ["delete", "namespace", "other", "--wait=false"]);
    });

    it("both connect and sync the agent", async () => {
        await waitForTheirs();
        await waitForApplications(["agent-staging"]);
    });

    it("theirs may do everything, ours only what the agent's chart needs", async () => {
        const namespaces = ["agent", "kube-system", "default"];
        const rows = await Promise.all(
            namespaces.map(async (name) => [name, await rights(ours, name), await rights(theirs, name)]),
        );
        process.stdout.write(`${table(["namespace", "our token", "the token of argocd cluster add"], rows)}\n`);
        expect(rows.map(([, , all]) => all)).to.deep.equal(["*.*: *", "*.*: *", "*.*: *"]);
        expect(rows.slice(1).map(([, narrow]) => narrow)).to.deep.equal(["nothing", "nothing"]);
        expect(rows[0]?.[1]).not.to.match(/\*|(^|, )(secrets|nodes)\b|role|exec/m);
    });

    it("an attacker's requests are refused with our token, and allowed with theirs", async () => {
        const [pod = ""] = await namesOf("staging", "agent", "pods");
        const results = await Promise.all(
            attempts(pod).map(async ({ what, path, ask, allowed = [200, 201] }) => {
                const [we, they] = await Promise.all([askWith(ours, path, ask), askWith(theirs, path, ask)]);
                return { what, ours: we.status, theirs: allowed.includes(they.status) ? "allowed" : they };
            }),
        );
        expect(results).to.deep.equal(results.map(({ what }) => ({ what, ours: 403, theirs: "allowed" })));
    });
});
