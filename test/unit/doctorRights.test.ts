import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { Environment } from "../../components/environment";
import { projectRoot } from "../../lab/paths";
import { once } from "../../preflight/once";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { describeMissing, missing } from "../../scripts/doctor/access";
import { releasesIn } from "../../scripts/doctor/charts";
import { planHub } from "../../scripts/doctor/hub";
import { broughtGroups, fromManifest, objectOf, type Rule } from "../../scripts/doctor/objects";
import { checked, type Planned, planned } from "../../scripts/doctor/program";
import { dynamicNeeds, type Need, needsOf, type Right } from "../../scripts/doctor/rights";
import * as pulumi from "@pulumi/pulumi";
import { hubSettings } from "./support/hub";

const stack = "organization/hubspoke/prod";

/** Kinds without a namespace. */
const clusterWide = ["Namespace", "ClusterRole", "ClusterRoleBinding"];

function resourceOf({ kind }: { readonly kind: string }) {
    const plural = kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
    return { resource: plural.toLowerCase(), namespaced: !clusterWide.includes(kind) };
}

const plainHub = once(() => planHub(hubSettings(), "organization/hubspoke/hub"));

async function plannedEnvironment(clusters: Record<string, unknown>, more: object = {}): Promise<Planned[]> {
    const labelled = Object.entries(clusters).map(([name, own]) => [name, { labels: { region: "eu" }, ...(own as object) }]);
    const named = { clusters: Object.fromEntries(labelled) as object };
    const given = { role: "environment", environment: "prod", hub: { context: "hub" }, ...named, ...more };
    const settings = parseSettings(given) as EnvironmentSettings;
    const { outputs: hub } = await plainHub();
    const servers = Object.fromEntries(Object.keys(clusters).map((name) => [name, `https://${name}.example.com`]));
    return planned(stack, () => void new Environment("prod", { settings, stack, hub, servers }));
}

function needsOn(cluster: string, resources: readonly Planned[]): Need[] {
    const objects = resources.filter((one) => one.cluster === cluster).flatMap((one) => objectOf(one) ?? []);
    const dynamic = dynamicNeeds(resources, "argocd").filter((one) => one.cluster === cluster);
    return [...needsOf(objects, resourceOf), ...dynamic.map(({ need }) => need)];
}

/** Who has the rules of a committed manifest, in all of its namespaces: a Role's, or in the cluster. */
function allowedBy(file: string): (right: Right) => Promise<boolean> {
    const text = readFileSync(path.join(projectRoot, "docs", "rbac", file), "utf8");
    type Role = { readonly metadata: { readonly namespace?: string }; readonly rules?: readonly Rule[] };
    const roles = parseAllDocuments(text).map((one) => one.toJS() as Role);
    return ({ verb, group, resource, namespace, name }) =>
        Promise.resolve(
            roles.some(({ metadata, rules = [] }) =>
                (metadata.namespace === undefined || metadata.namespace === namespace) &&
                rules.some(({ verbs, apiGroups = [], resources = [], resourceNames }) =>
                    verbs.includes(verb) && apiGroups.includes(group) && resources.includes(resource) &&
                    (resourceNames === undefined || resourceNames.includes(name ?? "")),
                ),
            ),
        );
}

describe("the rights that a stack needs", () => {
    const token = { type: "token", lifetime: "168h" };
    const vault = { type: "vault", server: "https://vault.example.com" };
    const setups: [string, Record<string, unknown>, object][] = [
        ["a token that never ends", { prod: { context: "prod" } }, {}],
        ["a token that ends", { prod: { context: "prod", credentials: token } }, {}],
        ["logs", { prod: { context: "prod" } }, { logs: true }],
        ["a store of secrets", { prod: { context: "prod" } }, { secrets: { operator: { source: "existing" }, store: vault } }],
    ];
    for (const [name, clusters, more] of setups) {
        it(`are in docs/rbac/hub.yaml and docs/rbac/spoke.yaml: ${name}`, async () => {
            const resources = await plannedEnvironment(clusters, more);
            const spoke = needsOn("clusters.prod", resources);
            expect(spoke.length).to.be.greaterThan(50);
            expect(describeMissing(await missing(spoke, allowedBy("spoke.yaml")))).to.deep.equal([]);
            const hub = needsOn("hub", resources);
            expect(hub.length).to.be.greaterThan(10);
            expect(describeMissing(await missing(hub, allowedBy("hub.yaml")))).to.deep.equal([]);
        });
    }

    it("are named by namespace where they are missing, those to grant apart", async () => {
        const resources = await plannedEnvironment({ prod: { context: "prod" } });
        const nobody = () => Promise.resolve(false);
        const lines = describeMissing(await missing(needsOn("clusters.prod", resources), nobody));
        expect(lines.map((line) => line.split(":")[0])).to.have.members([
            "may not in the whole cluster",
            "may not in namespace agent",
            "may not in namespace argocd-manager",
            "may not grant Argo CD in namespace agent",
        ]);
        expect(lines.find((line) => line.startsWith("may not in the whole cluster"))).to.equal(
            "may not in the whole cluster: create, get, patch, delete namespaces",
        );
        expect(lines.join("\n")).to.match(/may not grant Argo CD in namespace agent: .*deployments\.apps/);
    });

    it("are none besides cluster-admin's", async () => {
        const asked: Right[] = [];
        const admin = (right: Right) => Promise.resolve(asked.push(right) === 1);
        expect(await missing(needsOn("clusters.prod", await plannedEnvironment({ prod: { context: "prod" } })), admin)).to.be.empty;
        expect(asked).to.deep.equal([{ verb: "*", group: "*", resource: "*" }]);
    });

    it("are asked for some at a time, and a slow answer holds up no other", async () => {
        const needs = Array.from({ length: 20 }, (_, index) => {
            return { verb: "get", group: "", resource: `r${index}`, granted: false };
        });
        let most = 0;
        let open = 0;
        let lastAsked: () => void = () => undefined;
        const untilTheLast = new Promise<void>((resolve) => (lastAsked = resolve));
        const may = async ({ resource }: Right) => {
            most = Math.max(most, ++open);
            await (resource === "r0" ? untilTheLast : Promise.resolve());
            if (resource === "r19") {
                lastAsked();
            }
            open--;
            return resource !== "*" && resource !== "r0" && resource !== "r7";
        };
        expect((await missing(needs, may)).map(({ resource }) => resource)).to.deep.equal(["r0", "r7"]);
        expect(most).to.equal(8);
    });

    it("include those of a role that is granted, unless its holder may escalate", async () => {
        const metadata = { name: "reader", namespace: "agent" };
        const rules = [{ verbs: ["get", "list"], apiGroups: [""], resources: ["pods"], resourceNames: ["a"] }];
        const role = fromManifest({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules });
        const mayAll = (except: string, ...others: string[]) => ({ verb, resource }: Right) =>
            Promise.resolve(verb !== "*" && ![except, ...others].includes(`${verb} ${resource}`));
        const needs = needsOf([role], resourceOf);
        expect(await missing(needs, mayAll("list pods"))).to.be.empty;
        const denied = await missing(needs, mayAll("list pods", "escalate roles"));
        expect(denied.map(({ verb, resource, namespace, name }) => [verb, resource, namespace, name])).to.deep.equal([
            ["list", "pods", "agent", "a"],
        ]);
    });

    it("include the binding of a role that the stack does not make", () => {
        const binding = (name: string) =>
            fromManifest({
                ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name: "b" } },
                roleRef: { kind: "ClusterRole", name },
            });
        const own = fromManifest({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "own" } });
        const verbs = needsOf([own, binding("own"), binding("cluster-admin")], resourceOf).filter(({ verb }) => verb === "bind");
        expect(verbs.map(({ resource, name }) => [resource, name])).to.deep.equal([["clusterroles", "cluster-admin"]]);
    });
});

describe("the plan of a stack that is not deployed", () => {
    it("has each object with its cluster, and what is only read", async () => {
        const clusters = { prod: { context: "prod", credentials: { type: "federated" } }, hub: { context: "other" } };
        const resources = await plannedEnvironment(clusters);
        const of = (name: string) => resources.find((one) => one.name === name);
        expect(of("prod-cluster-secret")?.cluster).to.equal("hub");
        expect(of("hub-agent-namespace")?.cluster).to.equal("clusters.hub");
        const ca = resources.filter(({ read }) => read);
        expect(ca.map(({ type, cluster }) => [type, cluster])).to.deep.equal([["kubernetes:core/v1:ConfigMap", "clusters.prod"]]);
        expect(needsOf([objectOf(ca[0]!)!], resourceOf).map(({ verb }) => verb)).to.deep.equal(["get"]);
    });

    it("has no secret", async () => {
        const { resources } = await planHub(
            hubSettings({ webhooks: { github: "hunter2-hunter2" }, pods: { secretEnv: { TOKEN: "hunter3-hunter3" } } }),
            "organization/hubspoke/hub",
        );
        expect(JSON.stringify(resources)).not.to.match(/hunter[23]/);
    });

    it("has the releases with their charts, and the CRDs that they bring", async () => {
        const externalDns = { mode: "install", provider: "aws" };
        const { resources, outputs } = await planHub(
            hubSettings({ traffic: { active: "prod", externalDns } }),
            "organization/hubspoke/hub",
        );
        expect(releasesIn(resources).map(({ cluster, inputs }) => [cluster, inputs.chart])).to.have.deep.members([
            ["hub", "cert-manager"], ["hub", "argo-cd"], ["hub", "external-dns"],
        ]);
        expect(broughtGroups(resources)).to.have.members(["argoproj.io", "cert-manager.io", "externaldns.k8s.io"]);
        expect(outputs).to.include({ argoCdNamespace: "argocd", domain: "example.com" });
    });

    it("is made after the program's own checks, whose warnings and errors are kept", async () => {
        const found = await checked(stack, async () => {
            await pulumi.log.warn("hubspoke:a: is odd");
            return pulumi.runtime.isDryRun();
        });
        expect(found).to.deep.equal({ facts: true, error: undefined, warnings: ["hubspoke:a: is odd"] });
        const failed = await checked(stack, () => Promise.reject(new Error("no")));
        expect((failed.error as Error).message).to.equal("no");
    });
});
