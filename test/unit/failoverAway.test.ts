import { mock } from "node:test";
import timers from "node:timers/promises";
import { expect } from "chai";
import { failoverStage, type FailoverStage } from "./support/failoverStage";
import { printed } from "./support/printed";

describe("npm run failover, while the hub's API server restarts again and again", () => {
    let stage: FailoverStage;
    const { setTimeout: sleep } = timers;
    beforeEach(() => {
        // The pause before the next try, which is the only wait of a second, is short.
        const shorter = (ms?: number, ...others: unknown[]) => sleep(ms === 1_000 ? 1 : ms, ...(others as []));
        mock.method(timers, "setTimeout", shorter);
    });
    afterEach(async () => {
        mock.restoreAll();
        await stage.end();
    });

    it("goes on after each step, and says for which it waits", async () => {
        /** How often each request came. */
        const asked = new Map<string, number>();
        let restarts = true;
        stage = await failoverStage({}, ({ method, path }) => {
            const key = `${method} ${path}`;
            const times = (asked.get(key) ?? 0) + 1;
            asked.set(key, times);
            const isOfHub = !/^\/(prod|dr)\//.test(path);
            return restarts && isOfHub && times % 2 === 1 ? { kind: "Status", code: 503, message: "" } : undefined;
        });
        const { lines } = await printed(() => stage.failover());
        restarts = false;
        expect(stage.traffic().active).to.equal("dr");
        expect((await stage.moves())[0]).to.include({ from: "prod", to: "dr", state: "done" });
        const waits = lines.filter((line) => line.includes("waiting for it"));
        expect(new Set(waits)).to.deep.equal(
            new Set(["the hub does not answer, or is in use; waiting for it for at most 120 s"]),
        );
        expect(waits.length).to.be.at.least(5);
    });
});
