import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import * as path from "node:path";
import { recover } from "../../scripts/recover";
import { locksNamedIn } from "../../scripts/recover/lock";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { printed } from "./support/printed";

/** What `pulumi` says of the locks in an object store. */
const lockedBy = (...holders: string[]) =>
    `error: the stack is currently locked by ${holders.length} lock(s). Either wait for the other process(es) to end or ` +
    `delete the lock file with \`pulumi cancel\`.${holders
        .map((holder) => `\n  s3://state/.pulumi/locks/organization/hubspoke/prod/3f0c.json: created by ${holder} at 2026-01-01T00:00:00Z`)
        .join("")}`;

describe("the locks in an error of pulumi", () => {
    it("have their holders", () => {
        expect(locksNamedIn(lockedBy("CORP\\ann@lap.top (pid 12)", "a@b@ci-7 (pid 3)"))).to.deep.equal([
            { pid: 12, username: "CORP\\ann", hostname: "lap.top", timestamp: "2026-01-01T00:00:00Z" },
            { pid: 3, username: "a@b", hostname: "ci-7", timestamp: "2026-01-01T00:00:00Z" },
        ]);
        expect(locksNamedIn("error: [409] Conflict: Another update is currently in progress.")).to.deep.equal([]);
    });

    it("are not known if one of them cannot be read", () => {
        expect(locksNamedIn(lockedBy("ann@laptop (pid 12)", "someone"))).to.equal(undefined);
    });
});

describe("npm run recover on a locked stack", () => {
    let cli: FakePulumi;
    beforeEach(() => {
        const clusters = { prod: { context: "prod", labels: { region: "eu" } } };
        cli = fakePulumi({ prod: { role: "environment", environment: "prod", hub: { context: "hub" }, clusters } });
        cli.setBackend("s3://state");
    });
    afterEach(() => cli.restore());

    /** What it did with the stack: the commands that lock it, and those that release it. */
    const done = () => cli.calls().map((call) => call.split(" --")[0]).filter((call) => /^(cancel|refresh|stack import|up)/.test(call ?? ""));
    const run = (deadHost?: string, next?: "up") => printed(() => recover({ stack: "prod", next, deadHost }));

    it("releases no lock in an object store where there is none", async () => {
        await run("ci-7", "up");
        expect(done()).to.deep.equal(["refresh", "up"]);
    });

    it("releases the lock of the machine whose run is dead, and repeats what was refused", async () => {
        const urn = "urn:pulumi:prod::hubspoke::random:index/randomString:RandomString::x";
        const resource = { urn, type: "random:index/randomString:RandomString" };
        cli.setState("prod", { pending_operations: [{ type: "creating", resource }] });
        cli.lock(lockedBy("ci@ci-7 (pid 12)"));
        expect((await run("ci-7")).lines.join("\n")).to.match(/prod: was locked by process 12 of ci@ci-7, since 2026-01-01\S+, which is dead/);
        expect(done()).to.deep.equal(["stack import", "cancel", "stack import", "refresh"]);
        expect(cli.stateOf("prod")).to.have.nested.property("deployment.pending_operations").that.is.empty;
    });

    const living: [string, string[], string | undefined, RegExp][] = [
        ["of another machine", ["ann@laptop (pid 7)"], "ci-7", /^prod is locked by process 7 of ann@laptop.*--holder-is-dead laptop$/],
        ["of which one is another machine's", ["ci@ci-7 (pid 12)", "ann@laptop (pid 7)"], "ci-7", /process 7 of ann@laptop/],
        ["that nobody has confirmed", ["ci@ci-7 (pid 12)"], undefined, /process 12 of ci@ci-7.*--holder-is-dead ci-7$/],
        ["of this machine's name, that nobody has confirmed", [`ann@${hostname()} (pid 4194305)`], undefined, /--holder-is-dead/],
    ];
    for (const [what, holders, deadHost, why] of living) {
        it(`leaves locks alone ${what}, and names the holder`, async () => {
            cli.lock(lockedBy(...holders));
            expect(await failure(run(deadHost))).to.match(why);
            expect(done()).to.deep.equal(["refresh"]);
        });
    }

    it("leaves locks alone that it cannot read", async () => {
        cli.lock(lockedBy("ci@ci-7 (pid 12)", "someone"));
        expect(await failure(run("ci-7"))).to.match(/currently locked by 2 lock/);
        expect(done()).to.deep.equal(["refresh"]);
    });

    it("asks for the confirmation alone in Pulumi Cloud, which names no holder", async () => {
        cli.lock("error: [409] Conflict: Another update is currently in progress.");
        const remedy = /in progress[^]*If that run is dead: npm run recover -- prod --holder-is-dead HOST$/;
        expect(await failure(run())).to.match(remedy);
        await run("ci-7");
        expect(done()).to.deep.equal(["refresh", "refresh", "cancel", "refresh"]);
    });

    it("releases no lock for a failure of another kind", async () => {
        cli.lock("error: no credentials");
        expect(await failure(run("ci-7"))).to.match(/no credentials/);
        expect(done()).to.deep.equal(["refresh"]);
    });

    it("releases in a folder what it finds there, and nothing else, whatever the user says", async () => {
        const folder = path.dirname(cli.file("prod"));
        cli.setBackend(`file://${folder}`);
        await run("ci-7");
        expect(done()).to.deep.equal(["refresh"]);
        const locks = path.join(folder, ".pulumi", "locks", "organization", "hubspoke", "prod");
        mkdirSync(locks, { recursive: true });
        const lock = { pid: 12, username: "ci", hostname: "ci-7", timestamp: "2026-01-01T00:00:00Z" };
        writeFileSync(path.join(locks, "3f0c.json"), JSON.stringify(lock));
        expect(await failure(run("ci-8"))).to.match(/process 12 of ci@ci-7.*--holder-is-dead ci-7$/);
        await run("ci-7");
        expect(done()).to.deep.equal(["refresh", "cancel", "refresh"]);
    });
});
