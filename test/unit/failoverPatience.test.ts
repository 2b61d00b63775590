import { mock } from "node:test";
import { setImmediate as settled } from "node:timers/promises";
import { expect } from "chai";
import { awayOrInUse, withPatience } from "../../scripts/failover/patience";
import { failure } from "./support/failure";
import { printed } from "./support/printed";

describe("a failover's patience", () => {
    beforeEach(() => mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 }));
    afterEach(() => mock.timers.reset());

    /** Lets seconds pass, one by one. */
    const pass = async (seconds: number) => {
        for (let second = 0; second < seconds; second++) {
            await settled();
            mock.timers.tick(1_000);
        }
        await settled();
    };

    /** Work that fails so often with a message. */
    const failing = (message: string, times: number) => {
        let tries = 0;
        const work = () => (++tries > times ? Promise.resolve("done") : Promise.reject(new Error(message)));
        return { work, tries: () => tries };
    };

    const reset = "https://hub.example.com: read ECONNRESET";
    const inUse = "error: the stack is currently locked by 1 lock(s)";

    it("repeats what an API server that is away did not answer, each second, and says so once", async () => {
        const { work, tries } = failing(reset, 3);
        const { result, lines } = await printed(async () => {
            const end = withPatience("the hub", work);
            await pass(2);
            expect(tries()).to.equal(3);
            await pass(1);
            return end;
        });
        expect(result).to.equal("done");
        expect(lines).to.deep.equal(["the hub does not answer, or is in use; waiting for it for at most 120 s"]);
    });

    it("ends with the last error after two minutes, and not before", async () => {
        const { work, tries } = failing(reset, Infinity);
        const { result } = await printed(async () => {
            const end = failure(withPatience("the hub", work));
            await pass(119);
            expect(tries()).to.equal(120);
            await pass(2);
            return end;
        });
        expect(result).to.equal(reset);
    });

    it("has none for another error, nor for a stack in use where nothing says that it passes", async () => {
        for (const message of ["the hub answers 403", inUse]) {
            const { work, tries } = failing(message, 1);
            const { result, lines } = await printed(() => failure(withPatience("the hub", work)));
            expect({ result, lines, tries: tries() }).to.deep.equal({ result: message, lines: [], tries: 1 });
        }
    });

    for (const message of [inUse, "error: [409] Another update is currently in progress", reset]) {
        it(`waits for the stack too where it is told to: ${message}`, async () => {
            const { work } = failing(message, 1);
            const { result } = await printed(async () => {
                const end = withPatience("the hub", work, awayOrInUse);
                await pass(1);
                return end;
            });
            expect(result).to.equal("done");
        });
    }
});
