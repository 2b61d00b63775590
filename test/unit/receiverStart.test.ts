import { expect } from "chai";
import { projectRoot } from "../../lab/paths";
import type { Answer, Asked } from "../../lab/test/support/fakeApiServer";
import { receiverOptions } from "../../scripts/failoverReceiver/options";
import { requireTarget } from "../../scripts/failoverReceiver/target";
import { run } from "../../scripts/support/run";
import { failoverStage, type FailoverStage } from "./support/failoverStage";
import { failure } from "./support/failure";
import { printed } from "./support/printed";

describe("the command line of npm run failover:receiver", () => {
    it("takes a target, or only a time for dead clusters, and has defaults for all else", () => {
        const usual = { listen: "127.0.0.1:9095", stack: "hub", dispatch: undefined, resolver: undefined };
        expect(receiverOptions(["--to", "dr"])).to.deep.equal({ ...usual, to: "dr", skipAfterMs: undefined });
        const skips = { ...usual, to: undefined, skipAfterMs: 600_000 };
        expect(receiverOptions(["--skip-reconcile-after", "10m"])).to.deep.equal(skips);
        const both = receiverOptions(["--to", "dr", "--dispatch", "o/r", "--skip-reconcile-after", "90s"]);
        expect(both).to.deep.equal({ ...usual, to: "dr", dispatch: "o/r", skipAfterMs: 90_000 });
    });

    for (const args of [
        [],
        ["dr"],
        ["--to", "dr", "--unknown"],
        ["--dispatch", "o/r"],
        ["--skip-reconcile-after", "soon"],
        ["--skip-reconcile-after", "10m", "--dispatch", "o/r"],
    ]) {
        it(`is refused with its usage: ${args.join(" ")}`, () => {
            expect(() => receiverOptions(args)).to.throw(/usage: npm run failover:receiver -- \[--to .* or both$/);
        });
    }
});

describe("the start of a receiver that moves users", function () {
    this.timeout(60_000);
    let stage: FailoverStage;
    let asked: string[];
    let first: (asked: Asked) => Answer | undefined;
    const set = async (given: Parameters<typeof failoverStage>[0] = {}) => {
        asked = [];
        first = () => undefined;
        stage = await failoverStage({ traffic: { automatic: { enabled: true } }, ...given }, (one) => {
            asked.push(one.path);
            return first(one);
        });
    };
    afterEach(() => stage.end());

    it("asks the hub for the target, and not the target, which may be away", async () => {
        await set();
        await requireTarget("hub", "dr");
        expect(asked.filter((path) => path.startsWith("/dr/"))).to.deep.equal([]);
        expect(asked).not.to.deep.equal([]);
    });

    it("is refused for a target that no stack registered, with those that there are", async () => {
        await set();
        expect(await failure(requireTarget("hub", "drr"))).to.equal(
            '--to drr: no stack registered a cluster "drr" on the hub. The clusters are prod, dr',
        );
    });

    for (const [name, dr] of [
        ["whose probe is off", { probe: { agent: false } }],
        ["without the agent", { labels: { deploy: "false", region: "eu" } }],
    ] as const) {
        it(`is refused for a target ${name}, to which no failover would move users`, async () => {
            await set({ dr });
            expect(await failure(requireTarget("hub", "dr"))).to.match(
                /^--to dr: nothing probes the agent there, .*In the settings of dr, .*deploy: "true" and .* selects$/,
            );
        });
    }

    it("is refused where the settings do not allow automatic moves", async () => {
        await set({ traffic: {} });
        expect(await failure(requireTarget("hub", "dr"))).to.match(/^hubspoke:traffic\.automatic\.enabled is false on the hub, .*Read docs/);
    });

    it("waits for a hub that is briefly away", async () => {
        await set();
        let left = 1;
        first = () => (left-- > 0 ? { kind: "Status", code: 503, message: "starting" } : undefined);
        const { lines } = await printed(() => requireTarget("hub", "dr"));
        expect(lines).to.deep.equal(["the hub does not answer, or is in use; waiting for it for at most 120 s"]);
    });

    for (const [name, args, reason] of [
        ["to an unknown target", ["--to", "drr"], /^--to drr: no stack registered a cluster/],
        ["by a workflow, without a token", ["--to", "dr", "--dispatch", "o/r"], /^GITHUB_TOKEN is not set/],
    ] as const) {
        it(`ends with the reason where it moves them ${name}`, async () => {
            await set();
            const env = { FAILOVER_TOKEN: "a-token-of-more-than-24-characters", GITHUB_TOKEN: "" };
            const script = ["--import", "tsx", "scripts/failoverReceiver/index.ts"];
            const how = { cwd: projectRoot, env, timeoutMs: 50_000 };
            const { ok, output } = await run(process.execPath, [...script, ...args], how);
            expect(ok).to.equal(false);
            expect(output).to.match(reason);
        });
    }
});
