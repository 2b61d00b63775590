import { expect } from "chai";
import { failoverRequest } from "../../scripts/failover/options";
import { failoverStage, type FailoverStage, recordPath } from "./support/failoverStage";
import { failure } from "./support/failure";
import { printed } from "./support/printed";

describe("the command line of npm run failover", () => {
    const usual = { stack: "hub", why: "no reason given", dryRun: false, automatic: false, resolver: undefined, seconds: 600 };

    it("takes the target, or the way back, and has defaults for all else", () => {
        expect(failoverRequest(["--to", "dr"])).to.deep.equal({ ...usual, to: "dr" });
        expect(failoverRequest(["--back", "--dry-run"])).to.deep.equal({ ...usual, to: { back: true }, dryRun: true });
        const named = ["--reason", "a drill", "--stack", "h", "--resolver", "127.0.0.1:53", "--timeout", "90s"];
        expect(failoverRequest(["--to", "dr", "--automatic", ...named])).to.deep.equal({
            ...{ to: "dr", stack: "h", why: "a drill", dryRun: false },
            ...{ automatic: true, resolver: "127.0.0.1:53", seconds: 90 },
        });
    });

    for (const args of [
        [],
        ["--to", "dr", "--back"],
        ["--back", "--automatic"],
        ["--to", "dr", "--timeout", "0s"],
        ["--to", "dr", "--unknown"],
        ["dr"],
    ]) {
        it(`is refused with its usage: ${args.join(" ")}`, () => {
            expect(() => failoverRequest(args)).to.throw(/usage: npm run failover -- --to CLUSTER \| --back .*10m\]$/);
        });
    }
});

describe("an automatic failover, from its checks to its end", () => {
    let stage: FailoverStage;
    const automatic = { enabled: true, after: "2m", coolDown: "30m" };
    const calls = (command: string) => stage.pulumi.calls().filter((call) => call.startsWith(`${command} `)).length;
    const fail = async (request?: Parameters<FailoverStage["failover"]>[0]) => {
        const { result } = await printed(() => failure(stage.failover({ automatic: true, ...request })));
        return result;
    };
    const set = async (...given: Parameters<typeof failoverStage>) => {
        stage = await failoverStage(...given);
        stage.agents.prod = 503;
    };
    afterEach(() => stage.end());

    it("moves users of a cluster that does not serve them, and is recorded as automatic", async () => {
        await set({ traffic: { automatic } });
        await printed(() => stage.failover({ automatic: true }));
        expect(stage.traffic().active).to.equal("dr");
        expect(await stage.moves()).to.have.nested.property("[0].automatic", true);
    });

    it("moves nobody without the setting, while the cool-down lasts, or if the cluster serves users", async () => {
        await set();
        expect(await fail()).to.equal("no automatic move: traffic.automatic.enabled is false");
        await stage.end();
        await set({ traffic: { automatic } });
        const at = new Date(Date.now() - 29 * 60_000).toISOString();
        const earlier = { at, by: "ada", from: "eu", to: "prod", why: "", automatic: false, state: "done" };
        stage.hub.objects.set(recordPath, { data: { "moves.json": JSON.stringify([earlier]) } });
        expect(await fail()).to.equal(`no automatic move: users moved at ${at}, and traffic.automatic.coolDown is 1800 s`);
        stage.hub.objects.delete(recordPath);
        stage.agents.prod = 200;
        expect(await fail()).to.equal("no automatic move: prod serves users, as seen from here");
        expect(calls("refresh")).to.equal(0);
    });

    it("that was checked ahead is not planned again when it is due", async () => {
        await set({ traffic: { automatic } });
        await printed(() => stage.failover({ automatic: true, due: { at: Date.now(), holds: () => true } }));
        expect({ preview: calls("preview"), up: calls("up") }).to.deep.equal({ preview: 1, up: 1 });
    });

    it("is planned again if the stack has changed since, and if it was not possible before", async () => {
        await set({ traffic: { automatic } });
        const change = () => (stage.pulumi.changeState("2026-01-01T00:00:01Z"), true);
        await printed(() => stage.failover({ automatic: true, due: { at: Date.now(), holds: change } }));
        expect({ preview: calls("preview"), up: calls("up") }).to.deep.equal({ preview: 2, up: 1 });

        await stage.end();
        await set({ traffic: { automatic } });
        stage.agents.dr = 503;
        const recover = () => (stage.agents.dr = 200) === 200;
        const due = { at: Date.now(), holds: recover };
        const { lines } = await printed(() => stage.failover({ automatic: true, due }));
        expect(lines.join("\n")).to.match(/^the move is not possible yet: [^]*dr does not serve users/);
        expect(stage.traffic().active).to.equal("dr");
    });

    it("does not happen if a probe succeeds meanwhile, from here or in the alerts, or if the target is lost", async () => {
        await set({ traffic: { automatic } });
        const due = (holds: () => boolean) => ({ due: { at: Date.now(), holds } });
        expect(await fail(due(() => false))).to.equal(
            "no automatic move: a probe has succeeded meanwhile. Nothing was changed",
        );
        const serves = () => (stage.agents.prod = 200) === 200;
        expect(await fail(due(serves))).to.equal("no automatic move: prod serves users, as seen from here");
        stage.agents.prod = 503;
        const lose = () => (stage.agents.dr = 503) === 503;
        expect(await fail(due(lose))).to.match(/users stay on prod:\n\s+the agent on dr does not serve users/);
        expect({ up: calls("up"), moves: await stage.moves() }).to.deep.equal({ up: 0, moves: [] });
    });
});
