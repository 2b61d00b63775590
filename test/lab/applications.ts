import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { agentRepositoryUrl, copyAgentRepository, writeAgentFile } from "../../lab/argocd";
import type { ClusterName } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import { type Look, waitFor } from "../../lab/processes";
import { projectDir, pulumiEnvironment } from "../../lab/stacks/environment";
import type { StackName } from "../../lab/stacks/project";
import { applicationOf } from "./support/delivery";
import { endSync } from "./support/syncing";
import { changedCluster, type Config, labelled, npmRun, pulumi, pulumiOk, withConfig } from "./support/lab";

/** A second application, from a chart in another Git repository, for clusters with a label. */
const cache = { path: "cache", namespace: "cache", selector: { cache: "true" } };

const chart: Readonly<Record<string, string>> = {
    "cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 1.0.0\n",
    "cache/values.yaml": "size: 1\nplace: cache\n",
    "cache/values-staging.yaml": "size: 2\n",
    "cache/values-prod.yaml": "size: 3\n",
    "cache/templates/objects.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: cache
  namespace: {{ .Values.place }}
data:
  size: {{ .Values.size | quote }}
---
apiVersion: v1
kind: Service
metadata:
  name: cache
spec:
  ports: [{ port: 6379 }]
  selector: { app.kubernetes.io/name: cache }
`,
};

const url = () => agentRepositoryUrl().replace(/agent(\.git)?$/, "cache$1");
const rulesFile = path.join(projectDir, "rules", "cache.json");

function withCache(more: object = {}): (config: Config) => Config {
    return (config) => ({ ...config, "hubspoke:applications": { cache: { repository: url(), ...cache, ...more } } });
}

const up = (stack: StackName) => pulumiOk(stack, "up", "--yes", "--skip-preview");

/** What exists of that name on a cluster, without an error if there is nothing. */
async function there(cluster: ClusterName, kind: string, name: string, namespace = "argocd"): Promise<string> {
    return (await kubectl(cluster, ["get", kind, name, "--namespace", namespace, "--ignore-not-found", "--output=name"])).trim();
}

/** Whether an account of `argocd-manager` on staging has a right there: `yes` or `no`. */
function mayAs(account: string, verb: string, kind: string, namespace: string): Promise<string> {
    const as = `--as=system:serviceaccount:argocd-manager:${account}`;
    return kubectl("staging", ["auth", "can-i", verb, kind, "--namespace", namespace, as]).then(
        (answer) => answer.trim(),
        () => "no",
    );
}

async function waitForCache(wanted: RegExp): Promise<void> {
    await waitFor(
        `cache-staging to be ${String(wanted)}`,
        async (): Promise<Look<true>> => {
            const args = ["get", "application", "cache-staging", "--namespace=argocd", "--ignore-not-found", "--output=json"];
            const json = await kubectl("hub", args);
            const { status = {} } = (json === "" ? {} : JSON.parse(json)) as {
                status?: {
                    sync?: { status: string };
                    health?: { status: string };
                    conditions?: { message: string }[];
                    operationState?: { message?: string; syncResult?: { resources?: { message?: string }[] } };
                };
            };
            const { sync, health, conditions = [], operationState } = status;
            const { message: outcome, syncResult } = operationState ?? {};
            const all = [...conditions, { message: outcome }, ...(syncResult?.resources ?? [])];
            const words = all.map(({ message = "" }) => message).join(" ");
            const seen = `${sync?.status} ${health?.status} ${words}`;
            return wanted.test(seen) ? { done: true } : { seen };
        },
        { timeoutMs: 120_000, intervalMs: 500 },
    );
}

/** Has Argo CD give up a refused revision. */
async function endRetries(): Promise<void> {
    await endSync("cache-staging");
    await waitForCache(/^(?!.*Retrying attempt)/);
}

/** The repository of the second chart. */
let repository = "";

async function pushCache(file: string, text: string): Promise<void> {
    await writeAgentFile(file, text, repository);
    await kubectl("hub", ["annotate", "application", "cache-staging", "--namespace=argocd", "argocd.argoproj.io/refresh=hard"]);
}

describe("a second application", () => {
    let agent: string;

    before(async () => {
        repository = await copyAgentRepository("cache");
        for (const [file, text] of Object.entries(chart)) {
            await writeAgentFile(file, text, repository);
        }
        agent = (await applicationOf("staging")).metadata.uid;
    });

    after(() => {
        fs.rmSync(rulesFile, { force: true });
    });

    it("is refused until its rules are there, which a command derives from its chart", async () => {
        await withConfig("hub", withCache(), async () => {
            const refused = await pulumi("hub", "preview");
            const problem = /hubspoke:applications\.cache: rules\/cache\.json does not exist.*npm run rules -- cache/;
            expect(refused.output).to.match(problem);
            const written = await npmRun("rules", pulumiEnvironment(), "cache");
            expect(written.ok, written.output).to.equal(true);
            const rules = JSON.parse(fs.readFileSync(rulesFile, "utf8")) as { resources: string[]; verbs: string[] }[];
            expect(rules.map(({ resources }) => resources)).to.deep.equal([["configmaps", "services"], ["events"]]);
            expect((await npmRun("rules", pulumiEnvironment(), "cache", "--check")).ok).to.equal(true);
        });
    });

    it("comes to the clusters that its selector chooses, once their stack has made room", async () => {
        await withConfig("hub", withCache(), async () => {
            await up("hub");
            expect(await kubectl("hub", ["get", "applications", "--namespace=argocd", "--output=name"])).not.to.include("cache");
            await withConfig("staging", labelled("staging", { cache: "true" }), async () => {
                await up("staging");
                await waitForCache(/^Synced Healthy/);
                const size = ["get", "configmap", "cache", "--namespace=cache", "--output=jsonpath={.data.size}"];
                expect(await kubectl("staging", size)).to.equal("2");

                await withConfig("prod", (config) => config, async () => up("prod"));
                expect(await there("hub", "application", "cache-prod")).to.equal("");
                expect(await there("prod", "namespace", "cache")).to.equal("");
                expect((await applicationOf("staging")).metadata.uid).to.equal(agent);
            });
        });
    });

    it("writes neither into the agent's namespace nor kinds that its rules do not have, and the agent goes on", async () => {
        await pushCache("cache/values-staging.yaml", "size: 2\nplace: agent\n");
        await waitForCache(/namespace agent is not permitted in project 'cache'|destination .*agent.* do not match/i);
        expect(await there("staging", "configmap", "cache", "agent")).to.equal("");

        const can = (verb: string, kind: string, namespace: string) => mayAs("argocd-manager", verb, kind, namespace);
        expect(await can("create", "configmaps", "cache")).to.equal("yes");
        expect(await can("create", "deployments.apps", "cache")).to.equal("no");
        // Argo CD asks in one namespace for all.
        expect(await can("list", "deployments.apps", "cache")).to.equal("yes");
        expect(await can("list", "secrets", "cache")).to.equal("no");

        const { status } = await applicationOf("staging");
        expect([status.sync.status, status.health.status]).to.deep.equal(["Synced", "Healthy"]);
        await endRetries();
        await pushCache("cache/values-staging.yaml", "size: 4\n");
        await waitForCache(/^Synced Healthy/);
    });

    it("has rights in no other namespace where a cluster lists kinds, and Argo CD goes on with all", async () => {
        const permissions = {
            scope: "cluster",
            kinds: [{ apiGroup: "batch", resources: ["cronjobs"] }],
            namespaces: ["default"],
        };
        const chosen = labelled("staging", { cache: "true" });
        const wide = changedCluster("staging", (settings) => ({ ...settings, permissions }));
        await withConfig("staging", (config) => wide(chosen(config)), async () => {
            await up("staging");
            const can = (verb: string, kind: string, namespace: string) => mayAs("argocd-manager", verb, kind, namespace);
            expect(await can("create", "cronjobs.batch", "kube-system")).to.equal("yes");
            expect(await can("list", "configmaps", "kube-system")).to.equal("no");
            expect(await can("create", "services", "cache")).to.equal("yes");
            expect(await can("create", "deployments.apps", "cache")).to.equal("no");
            expect(await can("create", "deployments.apps", "default")).to.equal("yes");
            await pushCache("cache/values-staging.yaml", "size: 6\n");
            await waitForCache(/^Synced Healthy/);
        });
        await withConfig("staging", chosen, () => up("staging"));
        expect(await there("staging", "role", "argocd-manager", "default")).to.equal("");
    });

    it("is synced as an account of its own, once every cluster has these accounts", async () => {
        const withAccounts = (impersonation: string) => (config: Config) => {
            return { ...withCache()(config), "hubspoke:impersonation": impersonation };
        };
        const early = await withConfig("hub", withAccounts("on"), () => pulumi("hub", "preview"));
        expect(early.output).to.match(/impersonation: is "on", and .*staging.* no accounts for syncs yet/);
        await withConfig("hub", withAccounts("prepared"), async () => {
            await up("hub");
            await withConfig("staging", labelled("staging", { cache: "true" }), () => up("staging"));
            await up("prod");
            await up("dr");
        });
        await withConfig("hub", withAccounts("on"), async () => {
            await up("hub");
            await pushCache("cache/values-staging.yaml", "size: 7\n");
            await waitForCache(/^Synced Healthy/);
            const can = (namespace: string) => mayAs("cache", "create", "configmaps", namespace);
            expect([await can("cache"), await can("agent")]).to.deep.equal(["yes", "no"]);

            // Without its account's rights, and with all those of Argo CD, nothing is synced.
            await kubectl("staging", ["delete", "rolebinding", "argocd-manager-sync", "--namespace=cache"]);
            await pushCache("cache/values-staging.yaml", "size: 8\n");
            await waitForCache(/User "system:serviceaccount:argocd-manager:cache" cannot/);
            await endRetries();
            await withConfig("staging", labelled("staging", { cache: "true" }), () =>
                pulumiOk("staging", "up", "--refresh", "--yes", "--skip-preview"),
            );
            await pushCache("cache/values-staging.yaml", "size: 9\n");
            await waitForCache(/^Synced Healthy/);
        });
        await withConfig("hub", withCache(), () => up("hub"));
        await up("prod");
        await up("dr");
    });

    it("is not taken out while a cluster has room for it", async () => {
        const refused = await pulumi("hub", "preview");
        expect(refused.ok).to.equal(false);
        const problem = /applications\.cache: is not in the settings any more, and is on staging.*deliver: false/;
        expect(refused.output).to.match(problem);
        const moved = await withConfig("hub", withCache({ namespace: "other" }), () => pulumi("hub", "preview"));
        expect(moved.output).to.match(/applications\.cache\.namespace: is other, and the application is in cache/);
    });

    it("drains before it goes, also while Argo CD tries a failed sync again, and leaves nothing", async () => {
        await pushCache("cache/values-staging.yaml", "size: 5\nplace: agent\n");
        await waitForCache(/not permitted.*Retrying attempt/);
        await withConfig("hub", withCache({ deliver: false }), async () => {
            await up("hub");
            expect(await there("hub", "application", "cache-staging")).not.to.equal("");
            await up("staging");
            expect(await there("hub", "application", "cache-staging")).to.equal("");
            expect(await there("staging", "namespace", "cache")).to.equal("");
            const labels = ["get", "secret", "cluster-staging", "--namespace=argocd", "--output=jsonpath={.metadata.labels}"];
            expect(await kubectl("hub", labels)).not.to.include("cache");
        });
        await up("hub");
        for (const kind of ["appproject", "applicationset"]) {
            expect(await there("hub", kind, "cache")).to.equal("");
        }
        expect((await applicationOf("staging")).metadata.uid).to.equal(agent);
        const { ok, output } = await pulumi("staging", "preview", "--expect-no-changes");
        expect(ok, output).to.equal(true);
    });
});
