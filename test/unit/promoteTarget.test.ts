import { expect } from "chai";
import { actOnRelease } from "../../scripts/promote/rings";
import { applicationNamed, clustersToPromote, environmentNamed } from "../../scripts/promote/target";
import type { EnvironmentStack } from "../../scripts/support/stacks";
import { hubApplications, three } from "./support/applications";
import { failure } from "./support/failure";
import { fakePulumi } from "./support/fakePulumi";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { printed } from "./support/printed";
import { settingsWith, targetOn } from "./support/ringTarget";

describe("the environment of a promotion", () => {
    it("is no shard, past which a release of the whole environment would go", async () => {
        const pulumi = fakePulumi({ prod: settingsWith(["a"]), "prod-1": { shard: { of: "prod", clusters: ["a"] } } });
        try {
            for (const option of ["from", "to"] as const) {
                expect(await failure(environmentNamed(option, "prod-1"))).to.equal(
                    `--${option} prod-1: is a shard of prod, and a promotion is of a whole environment. ` +
                        `Name the environment: --${option} prod`,
                );
            }
            expect(pulumi.calls()).to.deep.equal([]);
        } finally {
            pulumi.restore();
        }
    });
});

describe("the application of a promotion", () => {
    const named = (name: string | undefined, applications: EnvironmentStack["applications"]) =>
        applicationNamed(name, { applications } as EnvironmentStack);

    it("is the one that is named, or the hub's only one", () => {
        expect(named("retriever", hubApplications(three))).to.equal("retriever");
        expect(named("agent", hubApplications())).to.equal("agent");
        expect(named(undefined, hubApplications())).to.equal("agent");
    });

    it("must be named on a hub with several, and be one of the hub's", () => {
        expect(() => named(undefined, hubApplications(three))).to.throw(
            /^the hub has several applications\. Name one: --application agent or retriever or monitoring$/,
        );
        expect(() => named("retreiver", hubApplications())).to.throw(
            /^the hub has no application retreiver\. Name one: --application agent$/,
        );
    });
});

describe("an application that no cluster of the environment gets", () => {
    let hub: ObjectStore;
    let target: EnvironmentStack;
    beforeEach(async () => {
        hub = await objectStore();
        target = { ...targetOn(hub, settingsWith(["a", "b"])), applications: hubApplications(three) };
    });
    afterEach(() => hub.close());

    it("is not promoted, since nothing would be moved; others are", () => {
        expect(clustersToPromote(target, "agent")).to.deep.equal(["a", "b"]);
        expect(() => clustersToPromote(target, "retriever")).to.throw(
            /^--to prod: no cluster of prod gets retriever: its selector on the hub chooses none/,
        );
    });

    it("has no release to act on", async () => {
        for (const action of ["pause", "back"] as const) {
            expect(await failure(actOnRelease(target, "retriever", action, undefined))).to.match(/^there is no release/);
        }
        const { lines } = await printed(() => actOnRelease(target, "retriever", "status", undefined));
        expect(lines).to.deep.equal(["prod: there is no release"]);
    });
});
