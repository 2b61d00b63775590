import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { publishAgentRepository, writeAgentFile } from "../../lab/argocd";
import { applyByHand } from "../../lab/apply";
import { clusterDir } from "../../lab/clusters/names";
import { kubectl } from "../../lab/kubectl";
import { waitFor } from "../../lab/processes";
import { table } from "../../lab/tables";
import { waitForApplications } from "../../lab/waiting";
import { attempt, besideArgoCd, pushHostileCharts } from "./support/attacks";
import { asClusterAdmin } from "./support/asBefore";
import { type Config, namesOf, pulumi, pulumiOk, withConfig } from "./support/lab";
import { applicationOfOthers } from "./support/ofOthers";
import { operationsOf } from "./support/operations";
import { noteSecret } from "./support/secrets";
import { askWith, type Credential } from "./support/token";

const dryRun = "?dryRun=All";
const pod = { metadata: { name: "thief" }, spec: { containers: [{ name: "thief", image: "registry.invalid/thief" }] } };
const binding = {
    metadata: { name: "thief" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "thief" }],
};

/** What a thief of the controller's token tries on the hub. Nothing of it is kept. */
const attempts = [
    { what: "read Secrets of kube-system", path: "/api/v1/namespaces/kube-system/secrets" },
    { what: "list nodes", path: "/api/v1/nodes" },
    {
        what: "create a ClusterRoleBinding",
        path: `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings${dryRun}`,
        ask: { method: "POST", body: binding },
    },
    {
        what: "start a pod in kube-system",
        path: `/api/v1/namespaces/kube-system/pods${dryRun}`,
        ask: { method: "POST", body: pod },
    },
    {
        what: "start a pod in argocd",
        path: `/api/v1/namespaces/argocd/pods${dryRun}`,
        ask: { method: "POST", body: pod },
    },
];

/** A stolen token of an account of Argo CD on the hub. */
async function stolen(account: string): Promise<Credential> {
    const token = (await kubectl("hub", ["create", "token", account, "--namespace=argocd"])).trim();
    noteSecret(`a token of ${account}`, token);
    const view = ["config", "view", "--raw", "--minify", "--flatten", "--output=json"];
    const config = JSON.parse(await kubectl("hub", view)) as {
        clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
    };
    const { server = "", "certificate-authority-data": caData = "" } = config.clusters[0]?.cluster ?? {};
    return { server, caData, token };
}

interface Volume {
    readonly projected?: { readonly sources: readonly object[] };
}

interface AuditEvent {
    readonly verb: string;
    readonly requestURI: string;
    readonly user: { readonly username: string };
    readonly userAgent?: string;
    readonly responseStatus?: { readonly code: number };
}

/** The requests of Argo CD's accounts on the hub that its API server has answered, from its audit log. */
function audited(): AuditEvent[] {
    const log = path.join(clusterDir("hub"), "logs", "audit.log");
    const lines = fs.readFileSync(log, "utf8").split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as AuditEvent);
}

describe("Argo CD's rights on its own hub", () => {
    it("are enough for all of its components: the API server refuses none of their requests", () => {
        const argoCds = audited().filter(({ userAgent }) => userAgent?.startsWith("argocd") === true);
        const users = new Set(argoCds.map(({ user }) => user.username.split(":").at(-1)));
        // A hub without recipients has no notifications controller; test/lab/promotion.ts runs one.
        expect([...users]).to.include.members([
            "argocd-application-controller",
            "argocd-applicationset-controller",
            "argocd-server",
        ]);
        const refused = argoCds.filter(({ responseStatus }) => responseStatus?.code === 403);
        const told = refused.map(({ user, verb, requestURI }) => `${user.username} ${verb} ${requestURI.split("?")[0]}`);
        expect([...new Set(told)].sort()).to.deep.equal([]);
    });

    it("are of no use to a thief outside Argo CD's namespace, beside those that the chart gives by default", async () => {
        const credential = await stolen("argocd-application-controller");
        const statuses = () =>
            Promise.all(attempts.map(async ({ path: to, ask }) => (await askWith(credential, to, ask)).status));
        const ours = await statuses();
        let theirs: number[] = [];
        await asClusterAdmin(async () => {
            theirs = await statuses();
        });
        const rows = attempts.map(({ what }, index) => [what, String(ours[index]), String(theirs[index])]);
        process.stdout.write(`${table(["with the controller's token", "ours", "chart's defaults"], rows)}\n`);
        expect(ours).to.deep.equal(attempts.map(() => 403));
        expect(theirs.every((status) => [200, 201].includes(status)), theirs.join()).to.equal(true);
    });

    it("are not in the pods of the repo server, which runs what is in Git", async () => {
        const volumesOf = async (component: string) => {
            const selector = `--selector=app.kubernetes.io/name=${component}`;
            const json = await kubectl("hub", ["get", "pods", "--namespace=argocd", selector, "--output=json"]);
            const { items } = JSON.parse(json) as { items: { spec: { volumes?: Volume[] } }[] };
            expect(items).not.to.deep.equal([]);
            const volumes = items.flatMap(({ spec }) => spec.volumes ?? []);
            return volumes.flatMap(({ projected }) => projected?.sources ?? []);
        };
        expect(JSON.stringify(await volumesOf("argocd-repo-server"))).not.to.include("serviceAccountToken");
        expect(JSON.stringify(await volumesOf("argocd-server"))).to.include("serviceAccountToken");
    });
});

describe("an Application of others that delivers to the hub itself", () => {
    const shop = { name: "shop", project: "others", cluster: "in-cluster", namespace: "shop" };
    before(() => applyByHand("hub", [applicationOfOthers(shop)]));
    after(() => kubectl("hub", ["delete", "application", "shop", "--namespace=argocd"]));

    it("is named in the preview, which changes nothing, with the setting for it", async () => {
        const { ok, output } = await pulumi("hub", "preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/hubspoke:permissions: Application shop delivers to namespace shop/);
        expect(output).to.include("`namespaces: [shop]`");
    });

    it("goes on with that setting", async () => {
        const kinds = [{ apiGroup: "apps", resources: ["deployments"] }];
        const permissions = { scope: "cluster", kinds, namespaces: ["shop"] };
        const given = (config: Config) => ({ ...config, "hubspoke:permissions": permissions });
        const output = await withConfig("hub", given, () => pulumiOk("hub", "preview", "--diff"));
        expect(output).to.match(/kubernetes:rbac\.authorization\.k8s\.io\/v1:ClusterRole: \(create\)/);
        expect(output).not.to.match(/\(replace\)|\(delete\)/);
    });
});

describe("a hub on which the agent is delivered too", () => {
    const labels = (deploy: string) => (config: Config) => ({
        ...config,
        "hubspoke:labels": { deploy, region: "eu-west-1" },
    });
    const hubUp = () => pulumiOk("hub", "up", "--yes", "--skip-preview");

    before(async () => {
        await writeAgentFile("helm/values-hub.yaml", "replicas: 1\n");
        await pushHostileCharts();
    });
    after(() => publishAgentRepository());

    it("gives Argo CD there the rights on a spoke, with which it delivers the agent and nothing else", async () => {
        await withConfig("hub", labels("true"), async () => {
            const operations = Object.values(await operationsOf("hub", "up", "--yes", "--skip-preview"));
            expect(operations.filter((operation) => operation !== "create" && operation !== "update")).to.deep.equal([]);
            await waitForApplications(["agent-in-cluster"]);
            const answer = await attempt({
                ...{ loot: besideArgoCd, project: "agent", destination: { name: "in-cluster", namespace: "agent" } },
            });
            expect(answer).to.have.property("refused").that.matches(/argocd/);
            await pulumiOk("hub", "preview", "--expect-no-changes");
        });
    });

    it("keeps these rights until Argo CD has removed the agent, and then takes them back", async () => {
        await withConfig("hub", labels("false"), async () => {
            expect(await hubUp()).to.match(/warning: hubspoke:labels\.deploy: is "false", and Argo CD has not removed/);
            await waitFor(
                "agent-in-cluster to be gone",
                async () => {
                    const names = await namesOf("hub", "argocd", "applications");
                    return names.includes("agent-in-cluster") ? { seen: names.join(", ") } : { done: true };
                },
                { timeoutMs: 120_000 },
            );
            expect(await namesOf("hub", "agent", "deployments")).to.deep.equal([]);
            await hubUp();
            expect(await kubectl("hub", ["get", "namespace", "agent", "--ignore-not-found"])).to.equal("");
        });
        await hubUp();
        await pulumiOk("hub", "preview", "--expect-no-changes");
    });
});
