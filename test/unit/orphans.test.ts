import { expect } from "chai";
import { refuseToOrphan } from "../../preflight/strangers";
import type { Registration } from "../../clusters/registrations";
import { objectStore, type StoredObject } from "./support/objectStore";
import { registration } from "./support/registration";

const argoCd = "apis/argoproj.io/v1alpha1/namespaces/argocd";
const ours = { "app.kubernetes.io/managed-by": "pulumi" };

/** The agent's ApplicationSet, with one generator of clusters for each map of labels; null for another generator. */
const set = (...labels: (object | undefined | null)[]) => ({
    [`${argoCd}/applicationsets/agent`]: {
        spec: {
            generators: labels.map((matchLabels) =>
                matchLabels === null ? {} : { clusters: { ...(matchLabels && { selector: { matchLabels } }) } },
            ),
        },
    },
});

const generated = (cluster: string, ownerReferences: object[] = [{ kind: "ApplicationSet", name: "agent" }]) => ({
    [`${argoCd}/applications/agent-${cluster}`]: { metadata: { name: `agent-${cluster}`, ownerReferences } },
});

/** A registration of another tool, to which the agent was delivered by `deploy=true` alone. */
const stray = (given: Partial<Registration> = {}) =>
    registration({ secret: "by-hand", cluster: "stray", labels: { deploy: "true", region: "eu" }, ...given });

/** What the check says; empty where it accepts the hub. */
async function check(existing: readonly Registration[], objects: Record<string, StoredObject>): Promise<string> {
    const hub = await objectStore(objects);
    try {
        return await refuseToOrphan(existing, hub.address).then(() => "", (error: Error) => error.message);
    } finally {
        await hub.close();
    }
}

describe("a cluster of another tool that the last version delivered to", () => {
    const before = set({ deploy: "true" });
    const found = { ...before, ...generated("stray") };
    const lost = "would be deleted, with all that it delivers. To keep it:";
    const command =
        `cluster Secret by-hand: its Application agent-stray ${lost} kubectl label secret --namespace argocd by-hand ` +
        "environment=… app.kubernetes.io/managed-by=pulumi";

    it("does not lose the agent: each Secret is named on its line, with what keeps it", async () => {
        expect(await check([stray()], found)).to.equal(command);
        const own = registration({ secret: "s", cluster: "own", labels: { deploy: "true" }, stack: "organization/hubspoke/prod" });
        expect(await check([stray(), own], { ...found, ...generated("own") })).to.equal(
            `${command}\n  cluster Secret s: its Application agent-own ${lost} Restore it: pulumi up --refresh --stack prod`,
        );
    });

    it("is seen by any generator that chooses by `deploy=true` alone", async () => {
        for (const labels of [[ours, { deploy: "true" }], [undefined], [{ deploy: "true" }, ours]]) {
            expect(await check([stray()], { ...found, ...set(...labels) })).to.equal(command);
        }
        expect(await check([stray()], { ...found, ...set(null) })).to.equal(command);
    });

    it("has nothing to lose under an ApplicationSet of this version, or none", async () => {
        expect(await check([stray()], { ...found, ...set(ours) })).to.equal("");
        expect(await check([stray()], generated("stray"))).to.equal("");
    });

    it("has nothing to lose without an Application that the ApplicationSet made", async () => {
        expect(await check([stray()], before)).to.equal("");
        expect(await check([stray()], { ...before, ...generated("stray", []) })).to.equal("");
    });

    it("keeps an Application that another Secret of its name goes on with", async () => {
        const labels = { ...ours, deploy: "true", environment: "prod", region: "eu" };
        const twin = registration({ secret: "twin", cluster: "stray", labels });
        expect(await check([stray(), twin], found)).to.equal("");
        expect(await check([stray(), { ...twin, argoCdName: "other" }], found)).to.equal(command);
        expect(await check([stray(), { ...twin, labels: { ...labels, deploy: "false" } }], found)).to.equal(command);
    });

    it("is not one that gets the agent of this version, or none", async () => {
        const labels = { ...ours, deploy: "true", environment: "prod", region: "eu" };
        for (const others of [labels, {}]) {
            const other = registration({ secret: "other", cluster: "other", labels: others });
            expect(await check([other], { ...found, ...generated("other") })).to.equal("");
            expect(await check([other, stray()], { ...found, ...generated("other") })).to.equal(command);
        }
    });
});
