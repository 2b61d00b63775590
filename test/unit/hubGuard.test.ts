import { expect } from "chai";
import { guard } from "../../dynamic/guard";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore } from "./support/objectStore";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("the destruction of a hub", () => {
    let hub: ObjectStore;
    beforeEach(async () => {
        hub = await objectStore();
    });
    afterEach(() => hub.close());

    const state = () => ({
        hub: { context: undefined, kubeconfig: hub.kubeconfig },
        namespace: "argocd",
        stack: "organization/hubspoke/hub",
    });
    const destroy = () => guard.delete!("guard", state());
    const register = (name: string, annotations: Record<string, string> = {}) =>
        hub.objects.set(`api/v1/namespaces/argocd/secrets/cluster-${name}`, {
            metadata: { name: `cluster-${name}`, annotations, labels: { "argocd.argoproj.io/secret-type": "cluster" } },
            data: { name: base64(name), server: base64("https://example.com") },
        });
    const deliver = (name: string, owner: string, project: string, labels: object = { "app.kubernetes.io/name": "agent" }) =>
        hub.objects.set(`apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`, {
            metadata: { name, labels, ownerReferences: [{ kind: "ApplicationSet", name: owner }] },
            spec: { project },
        });

    it("changes nothing before it, whatever the hub's settings become", async () => {
        expect(await guard.create(state())).to.deep.equal({ id: "guard", outs: state() });
        const next = { ...state(), stack: "b" };
        expect(await guard.update!("guard", state(), next)).to.deep.equal({ outs: next });
    });

    it("is allowed where only the hub itself is registered, by its own stack", async () => {
        register("hub", { "hubspoke/stack": "organization/hubspoke/hub" });
        deliver("agent-hub", "agent", "agent");
        await destroy();
        expect(hub.changes).to.deep.equal([]);
    });

    it("is refused where the kubeconfig does not have the hub, by its setting", async () => {
        const lost = { context: "gone", kubeconfig: hub.kubeconfig };
        expect(await failure(guard.delete!("guard", { ...state(), hub: lost }))).to.match(
            /^cannot read the registered clusters from the hub, so nothing is destroyed: hubspoke:cluster\b/,
        );
    });

    it("is refused while clusters are registered, and says by whom", async () => {
        register("prod", { "hubspoke/stack": "organization/hubspoke/prod" });
        register("hand");
        register("hub", { "hubspoke/stack": "organization/hubspoke/hub" });
        expect(await failure(destroy())).to.equal(
            "the hub is not destroyed, because 2 clusters are registered, and their agents would be deleted too: prod (stack " +
                "organization/hubspoke/prod), hand (Secret cluster-hand, from another tool). Destroy those stacks first, or " +
                "remove those Secrets from the hub's namespace argocd",
        );
    });

    it("is refused while its Argo CD serves Applications of others, and names them", async () => {
        deliver("agent-prod", "agent", "agent");
        deliver("of-another-set", "other", "agent");
        deliver("of-another-project", "agent", "other");
        deliver("without-label", "agent", "agent", {});
        deliver("connection-check-prod", "other", "other", { "hubspoke/connection-check": "true" });
        expect(await failure(destroy())).to.equal(
            "the hub is not destroyed, since its Argo CD serves Applications of others: of-another-set, of-another-project, " +
                "without-label. Delete them, or move them to another Argo CD first",
        );
    });
});
