import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { agentRepositoryUrl, copyAgentRepository, startArgoCd, writeAgentFile } from "../../lab/argocd";
import type { ClusterName } from "../../lab/clusters";
import { readCredentials } from "../../lab/clusters/api";
import { kubectl } from "../../lab/kubectl";
import { waitFor } from "../../lab/processes";
import { projectDir, pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab, readInLab, type StackName } from "../../lab/stacks/project";
import { waitForSoak } from "../../lab/waiting";
import { buildLimitMs } from "./support/buildLimit";
import { type ChartRepository, serveCharts } from "./support/chartRepository";
import { type ChartFiles, helm, packageChart } from "./support/charts";
import { push, waitForState } from "./support/delivery";
import { changedCluster, type Config, npmRun, pulumiOk } from "./support/lab";
import { openRegistry, type Registry, statusOf } from "./support/registry";
import { endSync } from "./support/syncing";

/** An application's chart, with whatever objects its values add. */
function retriever(version: string, more: ChartFiles = {}): ChartFiles {
    return {
        "Chart.yaml": `apiVersion: v2\nname: retriever\nversion: ${version}\n`,
        "values.yaml": "replicas: 1\nextraObjects: []\n",
        "templates/objects.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: retriever }
data: { version: {{ .Chart.Version | quote }}, index: {{ .Values.index | quote }} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: retriever }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: retriever } }
  template:
    metadata: { labels: { app: retriever } }
    spec:
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: retriever
          image: registry.example.com/retriever:1
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
{{- range .Values.extraObjects }}
---
{{ toYaml . }}
{{- end }}
`,
        ...more,
    };
}

/** An add-on: a kind of its own, and an object of it. */
const monitoring: ChartFiles = {
    "Chart.yaml": "apiVersion: v2\nname: monitoring\nversion: 2.0.0\n",
    "values.yaml": "every: 1m\n",
    "templates/definition.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: watches.monitoring.example.com }
spec:
  group: monitoring.example.com
  names: { kind: Watch, plural: watches, singular: watch }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`,
    "templates/watch.yaml": `apiVersion: monitoring.example.com/v1
kind: Watch
metadata: { name: main }
spec: { every: {{ .Values.every }} }
`,
};

const definition = "watches.monitoring.example.com";
const definitions = { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", resource: "customresourcedefinitions" };
const stacks = ["hub", "staging", "prod"] as const;
const up = (stack: StackName) => pulumiOk(stack, "up", "--yes", "--skip-preview");

/** The fields of an Application that tell what it has, and why not. */
interface Seen {
    readonly status?: {
        readonly sync?: { readonly status: string; readonly revision?: string; readonly revisions?: readonly string[] };
        readonly health?: { readonly status: string };
        readonly conditions?: readonly { readonly message: string }[];
        readonly operationState?: { readonly phase: string; readonly message?: string };
    };
}

/** An Application in one line: sync, health, revisions, and all that Argo CD says of it. */
async function stateOf(application: string): Promise<string> {
    const args = ["get", "application", application, "--namespace=argocd", "--ignore-not-found", "--output=json"];
    const json = await kubectl("hub", args);
    const { sync, health, conditions = [], operationState } = (json === "" ? {} : (JSON.parse(json) as Seen)).status ?? {};
    const revisions = sync?.revisions ?? [sync?.revision ?? ""];
    const words = [...conditions.map(({ message }) => message), operationState?.message ?? ""];
    return [sync?.status, health?.status, ...revisions, operationState?.phase, ...words].join(" ");
}

async function waitUntil(application: string, wanted: RegExp): Promise<void> {
    await waitFor(
        `${application} to be ${String(wanted)}`,
        async () => {
            const seen = await stateOf(application);
            return wanted.test(seen) ? { done: true } : { seen };
        },
        { timeoutMs: 120_000, intervalMs: 500 },
    );
}

/** What exists of that name, without an error if there is nothing. */
async function there(cluster: ClusterName, kind: string, name: string, namespace = "argocd"): Promise<string> {
    return (await kubectl(cluster, ["get", kind, name, `--namespace=${namespace}`, "--ignore-not-found", "--output=name"])).trim();
}

async function dataOf(cluster: ClusterName): Promise<Record<string, string>> {
    const args = ["get", "configmap", "retriever", "--namespace=retriever", "--output=jsonpath={.data}"];
    return JSON.parse(await kubectl(cluster, args)) as Record<string, string>;
}

describe("applications from a registry and a Helm repository", () => {
    let registry: Registry;
    let charts: ChartRepository;
    /** The repository of the values files, and its commit before there were any. */
    let deploy = "";
    let withoutValues = "";
    const stacksBefore = new Map<StackName, Config>();
    const rules = (...args: string[]) => npmRun("rules", { ...pulumiEnvironment(), ...registry.env }, ...args);
    const set = (stack: StackName, change: (config: Config) => Config) => changeInLab(stack, change);

    /** Writes the values of the retriever's environment into their repository; returns the commit. */
    async function values(environment: string, text: string): Promise<string> {
        return (await writeAgentFile(`retriever/values-${environment}.yaml`, text, deploy)).commit;
    }

    /** Sets settings of the retriever in the hub's stack. */
    function retrieverSettings(change: object): (config: Config) => Config {
        return (config) => {
            const all = config["hubspoke:applications"] as Record<string, object>;
            return { ...config, "hubspoke:applications": { ...all, retriever: { ...all.retriever, ...change } } };
        };
    }

    async function refresh(): Promise<void> {
        const hard = ["--overwrite", "argocd.argoproj.io/refresh=hard"];
        await kubectl("hub", ["annotate", "application", "retriever-staging", "--namespace=argocd", ...hard]);
    }

    /** Has Argo CD give up a refused revision: it takes the next one then. */
    async function giveUp(): Promise<void> {
        await endSync("retriever-staging");
        await waitUntil("retriever-staging", /^(?!.* Running )/);
    }

    /** The agent takes a release, and the add-on stays as it is. */
    async function othersGoOn(): Promise<void> {
        const change = (text: string) => text.replace(/^replicas: (\d)$/m, (_, now) => `replicas: ${now === "2" ? 3 : 2}`);
        const revision = await push({ "helm/values-staging.yaml": change });
        await waitForState("staging", { sync: "Synced", health: "Healthy", revision });
        expect(await stateOf("monitoring-staging")).to.match(/^Synced Healthy 2\.0\.0 Succeeded/);
    }

    before(async function () {
        this.timeout(buildLimitMs);
        registry = await openRegistry();
        const { cert, key } = readCredentials("hub");
        charts = await serveCharts(async (root) => {
            await packageChart(monitoring, root);
            const ingress = { "templates/egress.yaml": "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: retriever }\nspec: { podSelector: {} }\n" };
            const unrenderable = { "templates/fail.yaml": '{{ fail "this version does not render" }}\n' };
            const versions = [["1.0.0", {}], ["1.1.0", {}], ["1.2.0", ingress], ["1.3.0", unrenderable]] as const;
            for (const [version, more] of versions) {
                const archive = await packageChart(retriever(version, more), root);
                await registry.push(archive, "charts");
                fs.rmSync(archive);
            }
        }, { cert, key }, `${registry.username}:${registry.password}`);
        deploy = await copyAgentRepository("deploy");
        withoutValues = (await writeAgentFile("retriever/values.yaml", "index: none\n", deploy)).parent ?? "";
        await values("prod", "index: prod-1\n");
        await values("staging", "index: staging-1\n");
        stacks.forEach((stack) => stacksBefore.set(stack, readInLab(stack)));
        set("hub", (config) => ({
            ...config,
            "hubspoke:applications": {
                retriever: {
                    chart: `oci://${registry.address}/charts/retriever`,
                    version: "1.0.0",
                    values: { repository: agentRepositoryUrl(deploy), path: "retriever" },
                    namespace: "retriever",
                    selector: { gpu: "true" },
                },
                monitoring: {
                    chart: `${charts.url}/monitoring`,
                    version: "2.0.0",
                    valuesObject: { all: { every: "2m" }, environments: { staging: { every: "3m" } } },
                    namespace: "monitoring",
                    selector: { matchExpressions: [{ key: "environment", operator: "In", values: ["staging"] }] },
                    clusterKinds: [definitions],
                },
            },
            "hubspoke:repositories": {
                registry: {
                    url: `oci://${registry.address}/charts`,
                    username: registry.username,
                    token: registry.password,
                },
                charts: { url: charts.url, type: "helm", username: registry.username, token: registry.password },
            },
            "hubspoke:gitCertificates": { "127.0.0.1": registry.ca },
        }));
    });

    after(async () => {
        for (const [stack, config] of stacksBefore) {
            set(stack, () => config);
        }
        ["retriever", "monitoring"].forEach((name) => fs.rmSync(path.join(projectDir, "rules", `${name}.json`), { force: true }));
        // Where the preparation failed there may be none.
        await (charts as typeof charts | undefined)?.close();
        await (registry as typeof registry | undefined)?.close();
    });

    it("have their rules from the real charts, and a new version's other kinds make them stale", async () => {
        expect(await statusOf(`https://${registry.address}/v2/charts/retriever/tags/list`, registry.ca)).to.equal(401);
        const refused = await rules("monitoring");
        expect(refused.ok).to.equal(false);
        const command = /asks for a login\. Log in: helm (repo add \S+ \S+) --username USER/.exec(refused.output)?.[1] ?? "";
        await helm([...command.split(" "), "--username", registry.username, "--password", registry.password], registry.env);
        const written = await rules("retriever", "monitoring");
        expect(written.ok, written.output).to.equal(true);
        const kinds = (name: string) =>
            (JSON.parse(fs.readFileSync(path.join(projectDir, "rules", `${name}.json`), "utf8")) as { resources: string[] }[])
                .map(({ resources }) => resources.join(","));
        expect(kinds("retriever")).to.deep.equal(["configmaps", "deployments", "events,pods", "replicasets"]);
        expect(kinds("monitoring")).to.deep.equal(["watches", "events"]);
        const checked = await rules("retriever", "monitoring", "--check");
        expect(checked.ok, checked.output).to.equal(true);

        set("hub", retrieverSettings({ version: "1.2.0" }));
        const stale = await rules("--check");
        set("hub", retrieverSettings({ version: "1.0.0" }));
        expect(stale.ok).to.equal(false);
        expect(stale.output).to.match(/monitoring.json: up to date/);
        expect(stale.output).to.match(/rules\/retriever.json: stale[^]*npm run rules -- retriever/);
    });

    it("come to the clusters that their selectors choose, with their credential, beside the agent", async () => {
        await up("hub");
        // The kubelet would bring the certificate authority into the repo server's pod.
        await startArgoCd(() => undefined);
        const commit = await values("staging", "index: staging-1\nreplicas: 2\n");
        for (const stack of ["staging", "prod"] as const) {
            set(stack, changedCluster(stack, (settings) => ({
                ...settings,
                labels: { ...(settings.labels as object), gpu: "true" },
                ...(stack === "prod" && { revisions: { retriever: { revision: "1.0.0", values: commit } } }),
            })));
            await up(stack);
        }
        await waitUntil("retriever-staging", new RegExp(`^Synced Healthy 1\\.0\\.0 ${commit} Succeeded`));
        await waitUntil("retriever-prod", new RegExp(`^Synced Healthy 1\\.0\\.0 ${commit} Succeeded`));
        await waitUntil("monitoring-staging", /^Synced Healthy 2\.0\.0 Succeeded/);
        expect(await dataOf("staging")).to.deep.equal({ version: "1.0.0", index: "staging-1" });
        expect(await dataOf("prod")).to.deep.equal({ version: "1.0.0", index: "prod-1" });
        const every = ["get", "watches.monitoring.example.com", "main", "--namespace=monitoring", "--output=jsonpath={.spec.every}"];
        expect(await kubectl("staging", every)).to.equal("3m");
        expect(await there("hub", "application", "monitoring-prod")).to.equal("");
        expect(await there("prod", "namespace", "monitoring")).to.equal("");
        await othersGoOn();
    });

    const strange = {
        "an object in another application's namespace": {
            object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "strange", namespace: "agent" } },
            where: "agent",
            refusal: /namespace agent is not permitted in project 'retriever'/,
            rules: /ConfigMap strange is in the namespace agent, and the application's is retriever/,
        },
        "a ClusterRole that is not listed": {
            object: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "strange" }, rules: [] },
            where: "default",
            // Argo CD may not even look whether there is one.
            refusal: /clusterroles\S* "strange" is forbidden/,
            rules: /ClusterRole strange is in no namespace.*clusterKinds/,
        },
        "a Secret without the right": {
            object: { apiVersion: "v1", kind: "Secret", metadata: { name: "strange" }, stringData: { key: "value" } },
            where: "retriever",
            refusal: /secrets.* is forbidden/,
            rules: /Secret strange is a Secret/,
        },
    };
    for (const [what, { object, where, refusal, rules: refused }] of Object.entries(strange)) {
        it(`with ${what} is refused, and touches no other`, async () => {
            await values("staging", `index: strange\nextraObjects: [${JSON.stringify(object)}]\n`);
            await refresh();
            await waitUntil("retriever-staging", refusal);
            expect(await there("staging", object.kind, "strange", where)).to.equal("");
            const again = await rules("retriever", "--check");
            expect(again.ok).to.equal(false);
            expect(again.output).to.match(refused);
            await othersGoOn();
            if (/ Running /.test(await stateOf("retriever-staging"))) {
                await giveUp();
            }
        });
    }

    it("with a chart that does not exist or render, or without its values files, touches no other", async () => {
        const commit = await values("staging", "index: staging-2\n");
        await refresh();
        await waitUntil("retriever-staging", new RegExp(`^Synced Healthy 1\\.0\\.0 ${commit} Succeeded`));
        const pin = (revision: string, of: string) =>
            changedCluster("staging", (settings) => ({ ...settings, revisions: { retriever: { revision, values: of } } }));
        for (const [revision, of, words] of [
            ["9.9.9", commit, /9\.9\.9.*not found/],
            ["1.3.0", commit, /this version does not render/],
            ["1.0.0", withoutValues, /retriever\/values\.yaml.* no such file/],
        ] as const) {
            set("staging", pin(revision, of));
            await up("staging");
            await waitUntil("retriever-staging", words);
            expect(await dataOf("staging")).to.deep.equal({ version: "1.0.0", index: "staging-2" });
            await othersGoOn();
        }
        set("staging", pin("1.0.0", commit));
        await up("staging");
        await waitUntil("retriever-staging", new RegExp(`^Synced Healthy 1\\.0\\.0 ${commit} Succeeded`));
    });

    it("are promoted with the chart's version and the values' revision together", async () => {
        const commit = await values("prod", "index: prod-2\n");
        set("staging", changedCluster("staging", (settings) => ({ ...settings, revisions: { retriever: { revision: "1.1.0", values: commit } } })));
        await up("staging");
        await waitUntil("retriever-staging", new RegExp(`^Synced Healthy 1\\.1\\.0 ${commit} Succeeded`));
        expect(await dataOf("prod")).to.deep.equal({ version: "1.0.0", index: "prod-1" });
        await waitForSoak();
        const args = ["--from", "staging", "--to", "prod", "--application", "retriever", "--timeout", "180s"];
        const { ok, output } = await npmRun("promote", pulumiEnvironment(), ...args);
        expect(ok, output).to.equal(true);
        expect(await dataOf("prod")).to.deep.equal({ version: "1.1.0", index: "prod-2" });
        const clusters = readInLab("prod")["hubspoke:clusters"] as { prod: { revisions: object } };
        expect(clusters.prod.revisions).to.deep.equal({ retriever: { revision: "1.1.0", values: commit } });
    });

    it("drain in the middle of a sync that fails, and leave nothing but a definition", async () => {
        const { object } = strange["an object in another application's namespace"];
        await values("staging", `extraObjects: [${JSON.stringify(object)}]\n`);
        set("staging", changedCluster("staging", (settings) => ({ ...settings, revisions: {} })));
        await up("staging");
        await refresh();
        await waitUntil("retriever-staging", / Running .*namespace agent is not permitted/);
        set("prod", (config) => ({ ...config, "hubspoke:protect": false }));
        await up("prod");
        set("hub", (config) => {
            const all = config["hubspoke:applications"] as Record<string, object>;
            const gone = Object.entries(all).map(([name, settings]) => [name, { ...settings, deliver: false }]);
            return { ...config, "hubspoke:applications": Object.fromEntries(gone) as object };
        });
        await up("hub");
        for (const stack of ["staging", "prod"] as const) {
            set(stack, changedCluster(stack, (settings) => ({ ...settings, revisions: {} })));
            await up(stack);
            for (const name of ["retriever", "monitoring"]) {
                expect(await there("hub", "application", `${name}-${stack}`)).to.equal("");
                expect(await there(stack, "namespace", name)).to.equal("");
                expect(await there(stack, "clusterrole", `argocd-manager.${name}`)).to.equal("");
            }
        }
        // Argo CD deletes no definition: every object of its kind would go, whoever made it.
        expect(await there("staging", "customresourcedefinition", definition)).not.to.equal("");
        await kubectl("staging", ["delete", "customresourcedefinition", definition]);
        for (const [stack, config] of stacksBefore) {
            set(stack, () => config);
            await up(stack);
        }
        await startArgoCd(() => undefined);
        for (const kind of ["appproject/retriever", "appproject/monitoring", "applicationset/retriever", "applicationset/monitoring", "secret/repository-registry"]) {
            const [resource = "", name = ""] = kind.split("/");
            expect(await there("hub", resource, name)).to.equal("");
        }
        await waitForState("staging", { sync: "Synced", health: "Healthy" });
        await waitForState("prod", { sync: "Synced", health: "Healthy" });
    });
});
