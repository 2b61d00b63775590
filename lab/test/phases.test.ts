import { expect } from "chai";
import { Phases, type Report } from "../phases";
import { duration, Progress, progressText } from "../tools/progress";
import { failure } from "../../test/unit/support/failure";

/** A terminal of 40 columns, or a log, and what it would show. */
class Screen {
    readonly columns = 40;
    text = "";
    readonly isTTY: boolean;

    constructor(isTTY: boolean) {
        this.isTTY = isTTY;
    }

    write(text: string): boolean {
        this.text += text;
        return true;
    }

    /** The lines with a clock, each as it is after all that replaced it. */
    get lines(): string[] {
        const lines = this.text.split("\n").map((line) => line.slice(line.lastIndexOf("\u001b[K") + 1).replace(/^\[K/, ""));
        return lines.filter(Boolean).map((line) => line.replace(/^\[\d\d:\d\d\] /, "> ").replace(/[\d.]+ s$/, "N s"));
    }
}

async function show(isTTY: boolean, work: (report: Report) => Promise<void>): Promise<Screen> {
    const screen = new Screen(isTTY);
    const phases = new Phases(screen);
    await phases.run("tools", work).catch(() => undefined);
    return screen;
}

describe("lab: phases on the screen", () => {
    const work = async (report: Report) => {
        report("fetching, a line that is longer than the terminal is wide");
        report("12 of 80 MB");
        report("not fetched: helm", true);
        report("80 of 80 MB");
        await Promise.resolve();
    };

    it("are one line each on a terminal, besides what must not be missed", async () => {
        expect((await show(true, work)).lines).to.deep.equal([">   not fetched: helm", "> tools: done in N s"]);
    });

    it("show a line as far as the terminal is wide, so that it can be replaced", async () => {
        const { text, columns } = await show(true, work);
        const shown = text.split("\r\u001b[K").find((line) => line.includes("fetching"))!;
        expect(shown).to.have.length(columns - 1).and.not.include("\n");
    });

    it("keep every line in a log, without control characters", async () => {
        const { text, lines } = await show(false, work);
        expect(lines).to.deep.equal([
            "> tools …",
            ">   fetching, a line that is longer than the terminal is wide",
            ">   12 of 80 MB",
            ">   not fetched: helm",
            ">   80 of 80 MB",
            "> tools: done in N s",
        ]);
        expect(text).not.to.match(/[\r\u001b]/);
    });

    it("name the one that fails", async () => {
        const { lines } = await show(true, () => Promise.reject(new Error("no Go")));
        expect(lines).to.deep.equal(["> tools: failed"]);
        const phases = new Phases(new Screen(true));
        expect(await failure(phases.run("x", () => Promise.reject(new Error("no Go"))))).to.equal("no Go");
    });
});

describe("lab: progress", () => {
    it("is a line that the next one replaces", async () => {
        let stop = () => {};
        const lasts = new Promise<boolean>((resolve) => {
            const work = { total: () => 800, done: () => 8, unit: "MB" };
            const progress = new Progress((_, lasting = false) => resolve(lasting), "building", work, 1);
            stop = () => progress.stop();
        });
        expect(await lasts).to.equal(false);
        stop();
    });

    const text = (done: number, total: number | undefined, elapsedMs: number) =>
        progressText({ total: () => total, done: () => done, unit: "MB" }, elapsedMs);

    const cases: [string, number, number | undefined, number, string][] = [
        ["the time so far, where the whole is not known", 12, undefined, 65_000, " for 65 s"],
        ["the time so far, before anything came", 0, 800, 4_000, " for 4 s"],
        ["how much came, while that says little about the rest", 8, 800, 4_000, ": 8 of 800 MB"],
        ["what is left at the rate so far", 200, 800, 40_000, ": 200 of 800 MB, about 2 min left"],
        ["no more than the whole", 900, 800, 40_000, ": 800 of 800 MB, about 0 s left"],
    ];
    for (const [what, done, total, elapsedMs, expected] of cases) {
        it(`says ${what}`, () => {
            expect(text(done, total, elapsedMs)).to.equal(expected);
        });
    }

    it("counts in seconds, and in minutes from a minute and a half on", () => {
        expect([400, 89_400, 90_000, 720_000].map(duration)).to.deep.equal(["0 s", "89 s", "2 min", "12 min"]);
    });
});
