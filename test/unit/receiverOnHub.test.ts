import { expect } from "chai";
import { skipping } from "../../scripts/failoverReceiver/argoCd";
import { cleanHub, generatedFor } from "../../scripts/forget/cleanHub";
import type { EnvironmentStack } from "../../scripts/support/stacks";
import { refuseLeftAlone } from "../../scripts/support/leftAlone";
import { clusterSecret, namespacePath } from "./support/hubPreflight";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore, type StoredObject } from "./support/objectStore";
import { printed } from "./support/printed";

const stack = "organization/hubspoke/prod";
const secretPath = `${namespacePath}/secrets/cluster-prod`;
const applications = "apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
const annotated = (annotations: object): Record<string, StoredObject> => {
    const secret = clusterSecret("prod", { stack, labels: { deploy: "true" } })[secretPath];
    return { [secretPath]: { ...secret, metadata: { ...secret?.metadata, uid: "u", annotations } } };
};

describe("the receiver of alerts, on the hub", () => {
    let hub: ObjectStore;
    const applied: { path: string; type: string | undefined; body: string }[] = [];
    let status = 200;
    const set = async (annotations: object = {}) => {
        applied.splice(0);
        hub = await objectStore(annotated(annotations), ({ method, path, headers, body }) => {
            if (method !== "PATCH" || !path.includes("fieldManager")) {
                return undefined;
            }
            applied.push({ path, type: headers["content-type"], body });
            return status === 200 ? {} : { kind: "Status", code: status, message: "no" };
        });
        return skipping(hub.address, "v3.6.1");
    };
    afterEach(() => hub.close());

    it("has Argo CD leave a cluster alone, and takes back its own annotations alone", async () => {
        status = 200;
        const { skip, resume } = await set({ note: "kept" });
        await skip("prod", "2026-01-01T12:00:00Z", { says: "lost", why: "Argo CD: i/o timeout" });
        await resume("prod");
        type Applied = { readonly metadata: { readonly uid: string; readonly annotations: Record<string, string> } };
        const sent = applied.map(({ body }) => JSON.parse(body) as Applied);
        // Server-Side Apply with a field manager of its own: what others have annotated stays.
        expect(new Set(applied.map(({ path, type }) => `${path} ${type}`))).to.deep.equal(
            new Set([`/${secretPath}?fieldManager=hubspoke-failover-receiver&force=true application/apply-patch+yaml`]),
        );
        const { "hubspoke/view-before-quarantine": view = "{}", ...others } = sent[0]?.metadata.annotations ?? {};
        expect(others).to.deep.equal({
            "argocd.argoproj.io/skip-reconcile": "true",
            "hubspoke/unreachable-since": "2026-01-01T12:00:00Z",
        });
        expect(JSON.parse(view)).to.include({ says: "lost", why: "Argo CD: i/o timeout" });
        expect(sent.map(({ metadata }) => metadata.uid)).to.deep.equal(["u", "u"]);
        expect(sent[1]?.metadata.annotations).to.deep.equal({});
    });

    it("says which right it lacks, and which cluster an alert invented", async () => {
        status = 403;
        const { resume, viewOf } = await set();
        expect(await failure(resume("prod"))).to.match(/answers 403 to the annotations of cluster-prod: no\. Give this identity the right/);
        expect(await failure(viewOf("moon"))).to.equal('the hub has no cluster "moon", of which an alert tells');
    });

    it("finds after a restart what it holds, and what Argo CD said before", async () => {
        const view = { says: "lost", why: "it said so", at: "2026-01-01T12:00:00Z" };
        const skipped = { "argocd.argoproj.io/skip-reconcile": "true" };
        const known = await set({
            ...skipped,
            "hubspoke/unreachable-since": "2026-01-01T12:00:00Z",
            "hubspoke/view-before-quarantine": JSON.stringify(view),
        });
        expect(await known.held()).to.deep.equal(["prod"]);
        expect(await known.viewOf("prod")).to.deep.equal(view);
        await hub.close();
        const byStack = await set(skipped);
        expect(await byStack.held()).to.deep.equal([]);
        expect(await byStack.viewOf("prod")).to.deep.include({ says: "unknown" });
        await hub.close();
        const neither = await set();
        expect(await neither.viewOf("prod")).to.deep.equal({
            says: "unknown",
            why: "Argo CD has no Application there, and therefore no connection",
        });
    });

    it("is refused where Argo CD would go on with the cluster", async () => {
        await set();
        expect(() => skipping(hub.address, "v3.3.9")).to.throw(/^--skip-reconcile-after: .*from 3\.4 on, but the hub has v3\.3\.9/);
        expect(() => skipping(hub.address, undefined)).to.throw(/^--skip-reconcile-after: .*does not tell its version/);
    });

    it("stops other commands that wait for Argo CD, with the command that lifts it", async () => {
        await set({ "hubspoke/stack": stack, "argocd.argoproj.io/skip-reconcile": "true" });
        const settings = (quarantined: boolean) => ({ clusters: { prod: { quarantined } } }) as unknown as EnvironmentStack["settings"];
        const environment = { stack, hub: hub.address, namespace: "argocd" } as EnvironmentStack;
        expect(await failure(refuseLeftAlone({ ...environment, settings: settings(false) }))).to.match(
            /^hubspoke:clusters\.prod: Argo CD leaves it alone now .*npm run quarantine -- prod --cluster prod --lift$/,
        );
        await refuseLeftAlone({ ...environment, settings: settings(true) });
    });
});

describe("npm run forget, on the hub", () => {
    it("removes the cluster with the Applications of ApplicationSets, whose finalizers nobody can complete, and names the others", async () => {
        const application = (name: string, more: object = {}, destination: object = { name: "prod" }) => ({
            [`${applications}/${name}`]: { metadata: { name, finalizers: ["x"], ...more }, spec: { destination } },
        });
        const generated = { ownerReferences: [{ kind: "ApplicationSet", name: "agent" }] };
        const probe = "apis/monitoring.coreos.com/v1/namespaces/argocd/probes/prod";
        const hub = await objectStore({
            ...annotated({}),
            ...application("agent-prod", generated),
            ...application("agent-dr", generated, { name: "dr" }),
            ...application("by-hand"),
            [probe]: {},
        });
        try {
            const environment = { hub: hub.address, namespace: "argocd", stack: "prod" } as EnvironmentStack;
            const server = "https://prod.example.com";
            const lost = { cluster: "prod", argoCdName: "prod", secret: "cluster-prod", server, watch: [probe] };
            expect((await generatedFor(environment, lost)).map(({ metadata }) => metadata.name)).to.deep.equal(["agent-prod"]);
            const { lines } = await printed(() => cleanHub(environment, lost));
            expect([...hub.objects.keys()]).to.have.members([`${applications}/agent-dr`, `${applications}/by-hand`]);
            expect(hub.changes).to.deep.equal([
                // Without the label, the ApplicationSet does not make the Application again.
                `PATCH ${secretPath}`,
                `PATCH ${applications}/agent-prod`,
                `DELETE ${applications}/agent-prod`,
                `DELETE ${probe}`,
                `DELETE ${secretPath}`,
            ]);
            expect(lines).to.deep.equal([
                "prod: Application by-hand is not from an ApplicationSet; it remains, and names prod",
                "prod: prod is removed from the hub (Secret cluster-prod)",
            ]);
        } finally {
            await hub.close();
        }
    });
});
