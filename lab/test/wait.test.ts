import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { GiveUp, waitFor, withLock } from "../processes";
import { failure } from "../../test/unit/support/failure";

const quick = { timeoutMs: 120, intervalMs: 10 };

describe("lab: waitFor", () => {
    it("returns the last result of the check", async () => {
        let looks = 0;
        const check = () => Promise.resolve(++looks < 3 ? { seen: "not yet" } : { done: looks });
        expect(await waitFor("three looks", check, quick)).to.equal(3);
    });

    it("reports what it waited for, how long, and the last state", async () => {
        let looks = 0;
        const check = () => Promise.resolve({ seen: `look ${++looks}` });
        expect(await failure(waitFor("the moon", check, quick))).to.match(/^waited \d+\.\d s for the moon; last seen: look \d+$/);
    });

    it("treats an error as the last state", async () => {
        const check = () => Promise.reject(new Error("connection refused"));
        expect(await failure(waitFor("a server", check, quick))).to.match(/last seen: connection refused$/);
    });

    it("ends at the limit although a check hangs, and reports the state before it", async () => {
        let looks = 0;
        const check = () => (++looks === 1 ? Promise.resolve({ seen: "a start" }) : new Promise<never>(() => undefined));
        expect(await failure(waitFor("a sleeper", check, quick))).to.match(/^waited \d+\.\d s for a sleeper; last seen: a start$/);
    });

    it("stops immediately if the check says so", async () => {
        let looks = 0;
        const check = () => {
            looks += 1;
            return Promise.reject(new GiveUp("forbidden"));
        };
        expect(await failure(waitFor("access", check, { timeoutMs: 60_000 }))).to.equal("forbidden");
        expect(looks).to.equal(1);
    });
});

describe("lab: withLock", () => {
    let file: string;
    beforeEach(() => {
        file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "lab-lock-")), "work");
    });
    afterEach(() => fs.rmSync(path.dirname(file), { recursive: true }));

    const options = (report: (line: string) => void = () => undefined, timeoutMs = 10_000) => ({
        purpose: "building",
        timeoutMs,
        report,
    });

    it("allows one work at a time, and tells the other one who holds the lock", async () => {
        const events: string[] = [];
        const lines: string[] = [];
        let begun!: () => void;
        const begins = new Promise<void>((resolve) => (begun = resolve));
        let told!: () => void;
        const secondWaits = new Promise<void>((resolve) => (told = resolve));
        const first = withLock(file, options(), async () => {
            events.push("first begins");
            begun();
            await secondWaits;
            events.push("first ends");
        });
        await begins;
        const report = (line: string) => {
            lines.push(line);
            told();
        };
        const second = withLock(file, options(report), () => {
            events.push("second begins");
            return Promise.resolve();
        });
        await Promise.all([first, second]);
        expect(events).to.deep.equal(["first begins", "first ends", "second begins"]);
        expect(lines).to.have.length(1);
        expect(lines[0]).to.match(
            new RegExp(`^waiting for process ${process.pid}, building since .* \\(0 s of at most 10 s\\)$`),
        );
    });

    it("releases the lock if the work fails", async () => {
        expect(await failure(withLock(file, options(), () => Promise.reject(new Error("broken"))))).to.equal("broken");
        expect(await withLock(file, options(), () => Promise.resolve(7))).to.equal(7);
    });

    it("takes over the lock of a dead process", async () => {
        const minuteAgo = new Date(Date.now() - 60_000);
        fs.mkdirSync(`${file}.lock`);
        fs.utimesSync(`${file}.lock`, minuteAgo, minuteAgo);
        expect(await withLock(file, options(), () => Promise.resolve(7))).to.equal(7);
    });

    it("ends the wait at its limit, and names the lock and its holder", async () => {
        let release = () => undefined as void;
        let first = Promise.resolve();
        await new Promise<void>((begun) => {
            first = withLock(file, options(), () => {
                begun();
                return new Promise<void>((resolve) => (release = resolve));
            });
        });
        const message = await failure(withLock(file, options(undefined, 200), () => Promise.resolve()));
        expect(message).to.match(new RegExp(`the lock for building \\(.*\\); last seen: process ${process.pid}, building since `));
        release();
        await first;
    });
});
