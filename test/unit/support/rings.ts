import { expect } from "chai";
import { isUnderWay } from "../../../clusters/releases";
import { begin, decide, takeOver } from "../../../scripts/promote/rings/commands";
import { drive } from "../../../scripts/promote/rings/drive";
import type { Rules } from "../../../scripts/promote/rings/world";
import type { RingSettings } from "../../../settings/rings";
import { FakeFleet, rulesOf } from "./release";

type RingRule = RingSettings["rings"][number];

/** A ring with the usual rules, of which some are changed. */
export function ring(more: Partial<RingRule>): RingRule {
    return { soak: "10m", approve: false, maxFailed: 0, ...more };
}

/** The clusters that are labelled as canaries. */
export const canary = ring({ clusters: { labels: { canary: "true" } } });

/** The canaries, a tenth, and all. */
const rings = [canary, ring({ percent: 10 }), ring({ percent: 100 })];

/** Begins a release of the revision "new", and drives it to where it stops. */
export async function release(fleet: FakeFleet, all: readonly RingRule[] = rings, rules: Rules = rulesOf()) {
    const world = fleet.world();
    await begin(world, rules, "new", [...all]);
    return drive(world, rules);
}

/** Continues in another process. */
export async function onward(fleet: FakeFleet, action?: Parameters<typeof decide>[2], rules = rulesOf({ runner: "two" })) {
    const world = fleet.world();
    await (action === undefined ? takeOver(world, rules) : decide(world, rules, action));
    return drive(world, rules);
}

/** The same command again on another machine, or the way back. */
export async function again(fleet: FakeFleet, action?: "back"): Promise<string | undefined> {
    if (action === undefined && !isUnderWay(fleet.record)) {
        expect(await begin(fleet.world(), rulesOf(), "new", rings)).to.equal(false);
        return "done";
    }
    return (await onward(fleet, action)).state;
}

/** Every cluster has its old pin, on the hub and in the stack file. */
export function expectAllOld(fleet: FakeFleet): void {
    expect(fleet.with("new")).to.deep.equal([]);
    expect(fleet.with("old")).to.have.length(Object.keys(fleet.clusters).length);
    expect(new Set(Object.values(fleet.file).map(({ revision }) => revision))).to.deep.equal(new Set(["old"]));
}

/** A canary and two others. */
export const three = () => new FakeFleet({ a: { labels: { canary: "true" } }, b: {}, c: {} });

/** The canaries, and all. */
export const two = [canary, ring({ percent: 100 })];

/** Pins clusters by hand, everywhere. */
export function pinByHand(fleet: FakeFleet, names: readonly string[], revision: string): void {
    names.forEach((name) => (fleet.hub[name] = fleet.file[name] = { revision }));
}
