import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import { progressOf, provedRevision } from "../../scripts/promote/checks";
import { milliseconds } from "../../settings/duration";
import { setPins } from "../../scripts/support/stackFile";

const noon = Date.parse("2026-01-01T12:00:00Z");

interface Facts {
    readonly name?: string;
    readonly sync?: string;
    readonly health?: string;
    readonly revision?: string;
    readonly phase?: string;
    readonly target?: string;
    readonly finishedAt?: string;
    readonly healthSince?: string;
    readonly labels?: Record<string, string>;
    readonly error?: string;
}

function application(facts: Facts = {}): Application {
    const { name = "agent-staging", sync = "Synced", health = "Healthy", revision = "abc", phase = "Succeeded" } = facts;
    return {
        metadata: { name, ...(facts.labels && { labels: facts.labels }) },
        spec: { source: { targetRevision: facts.target ?? revision } },
        status: {
            sync: { status: sync, revision },
            health: { status: health, lastTransitionTime: facts.healthSince ?? "2026-01-01T11:00:00Z" },
            operationState: {
                phase,
                finishedAt: facts.finishedAt ?? "2026-01-01T11:00:00Z",
                syncResult: { revision },
            },
            ...(facts.error !== undefined && { conditions: [{ type: "ComparisonError", message: facts.error }] }),
        },
    };
}

/** Labels of an Application whose cluster Argo CD leaves alone. */
const quarantined = { "hubspoke/quarantined": "true" };

/** What Argo CD says of a commit without a signature, from 3.5 on and before. */
const unsigned = [
    "GIT/GPG: Failed verifying revision abc by 'Lab <lab@localhost>': unsigned (key_id=)",
    "Target revision abc in Git is not signed, but a signature is required",
] as const;

/** The state of an Application that has no times. */
const timeless = { sync: { status: "Synced", revision: "abc" }, health: { status: "Healthy" } };

/** An Application without a part of its state, or with another one in its place. */
function without(part: "health" | "operationState" | "status" | "sync", instead: object | undefined): Application {
    const whole = application();
    return part === "status" ? { ...whole, status: instead } : { ...whole, status: { ...whole.status, [part]: instead } };
}

describe("a promotion", () => {
    it("takes the revision at which all Applications are Synced and Healthy for the soak time", () => {
        const applications = [application(), application({ name: "agent-staging-b", healthSince: "2026-01-01T11:50:00Z" })];
        expect(provedRevision("staging", ["agent-staging"], applications, noon, 600_000)).to.equal("abc");
    });

    const refused: [name: string, applications: Application[], error: RegExp][] = [
        ["has no Application", [], /nothing to promote from/],
        ["is OutOfSync", [application({ sync: "OutOfSync" })], /agent-staging: OutOfSync, Healthy at abc/],
        ["is Degraded", [application(), application({ name: "b", health: "Degraded" })], /\n {2}b: Synced, Degraded at abc$/],
        ["has a cluster that Argo CD leaves alone", [application({ labels: quarantined })], /Healthy at abc \(Argo CD leaves its/],
        ["has a commit without a signature", [application({ error: unsigned[0] })], /Synced, Healthy at abc .*unsigned/],
        ["lacks one of its Applications", [application({ name: "b" })], /\n {2}agent-staging does not exist$/],
        [
            "is at two revisions",
            [application(), application({ revision: "def" })],
            /at 2 revisions, abc, def: wait until all its clusters have the same revision, or pin them to one$/,
        ],
        ["is at no revision", [without("sync", { status: "Synced" })], /is at 1 revisions, : wait/],
        ["has no state at all", [without("status", undefined)], /agent-staging: /],
        ["has no state of the sync", [without("sync", undefined)], /agent-staging: /],
        ["has no health", [without("health", undefined)], /agent-staging: /],
        [
            "has two problems, each on its line",
            [application({ sync: "OutOfSync" }), application({ name: "b", health: "Degraded" })],
            /:\n {2}agent-staging: OutOfSync.*\n {2}b: Synced, Degraded.*$/,
        ],
        ["was synced too lately", [application({ finishedAt: "2026-01-01T11:59:00Z" })], /only 60 s.*600 s. Try again in 540 s/],
        [
            "has one cluster that was synced too lately",
            [application(), application({ name: "b", finishedAt: "2026-01-01T11:59:00Z" }), application({ name: "c" })],
            /only 60 s/,
        ],
        ["lacks less than a second of it", [application({ finishedAt: "2026-01-01T11:50:00.300Z" })], /only 599 s.*in 1 s$/],
        ["does not say since when it is well", [{ ...application(), status: timeless }], /only 0 s.*Try again in 600 s/],
        ["says no time that can be read", [application({ finishedAt: "?", healthSince: "?" })], /only 0 s.*Try again in 600 s/],
        ["was not well a while ago", [application({ healthSince: "2026-01-01T11:58:20Z" })], /only 100 s.*Try again in 500 s/],
    ];
    for (const [name, applications, error] of refused) {
        it(`does not begin if the environment ${name}`, () => {
            expect(() => provedRevision("staging", ["agent-staging"], applications, noon, 600_000)).to.throw(error);
        });
    }

    const expected = ["agent-prod"];
    const on = (facts: Facts) => progressOf(expected, [application({ name: "agent-prod", ...facts })], "abc");

    it("is done when every expected Application is Synced and Healthy at the revision", () => {
        expect(on({})).to.deep.equal({ done: true });
        expect(progressOf([...expected, "agent-prod-b"], [application({ name: "agent-prod" })], "abc")).to.deep.equal({
            seen: "agent-prod-b does not exist",
        });
    });

    const waiting: [name: string, facts: Facts][] = [
        ["Argo CD has not taken up the pin", { target: "old" }],
        ["Argo CD has not compared with it", { revision: "old", target: "abc" }],
        ["pods start", { health: "Progressing" }],
        ["the sync runs", { sync: "OutOfSync", phase: "Running" }],
        ["the old revision was without a signature", { revision: "old", target: "abc", error: unsigned[0] }],
        ["Git cannot be read for once", { error: "Failed to load target state: timeout" }],
        ["the old revision was Degraded", { revision: "old", target: "abc", health: "Degraded" }],
    ];
    for (const [name, facts] of waiting) {
        it(`continues while ${name}`, () => {
            expect(on(facts)).to.have.property("seen").that.includes("agent-prod");
        });
    }

    it("names all that it waits for, each on its line, whatever their state lacks", () => {
        const names = ["agent-prod", "b", "c", "d", "e"];
        const applications = [
            { metadata: { name: "agent-prod" } },
            { ...without("sync", undefined), metadata: { name: "b" } },
            { ...without("health", undefined), metadata: { name: "c" }, spec: {} },
            { ...without("operationState", undefined), metadata: { name: "d" }, spec: undefined },
        ];
        const { seen } = progressOf(names, applications, "abc") as { seen: string };
        expect(seen.split("\n").map((line) => line.split(/[: ]/)[0])).to.deep.equal(names);
    });

    it("is not stopped by what else Argo CD says of an Application, nor by Degraded pods while the sync runs", () => {
        const warned = { ...application({ name: "agent-prod" }) };
        const conditions = [{ type: "OrphanedResourceWarning", message: "GIT/GPG: a signature, of an orphan" }];
        expect(progressOf(expected, [{ ...warned, status: { ...warned.status, conditions } }], "abc")).to.deep.equal({ done: true });
        expect(on({ health: "Degraded", phase: "Running" })).to.have.property("seen");
        const neverSynced = { ...without("operationState", undefined), metadata: { name: "agent-prod" } };
        expect(progressOf(expected, [neverSynced], "abc")).to.deep.equal({ done: true });
    });

    const stopping: Facts[] = [
        { phase: "Failed" },
        { phase: "Error" },
        { health: "Degraded" },
        { labels: quarantined },
        ...unsigned.map((error) => ({ error })),
    ];
    for (const facts of stopping) {
        it(`stops at ${JSON.stringify(facts)}`, () => {
            expect(on(facts)).to.have.property("failed").that.includes("agent-prod");
        });
    }

    it("understands durations of Go", () => {
        expect(["10m", "1h30m", "90s", "1500ms"].map(milliseconds)).to.deep.equal([600_000, 5_400_000, 90_000, 1_500]);
        expect(["x10m", "10m ago", "10", ""].map(milliseconds)).to.deep.equal([0, 0, 0, 0]);
    });
});

describe("a stack file with changed pins", () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "pins-"));
    const file = path.join(folder, "Pulumi.prod.yaml");
    const text = [
        "config:",
        "  # Nothing can reach a cluster that is not named here.",
        '  pulumi:disable-default-providers: ["kubernetes"]',
        "  hubspoke:environment: prod",
        "  hubspoke:clusters:",
        "    prod-a:",
        "      context: a",
        "      # `npm run promote` moves it.",
        "      revision: v1.0.0 # since May",
        "      labels:",
        '        deploy: "true"',
        "    prod-b:",
        "      context: b",
        "      labels:",
        "        deploy: false",
        "",
    ].join("\n");
    const pinned = (revision: string) => ({ "prod-a": { revision }, "prod-b": { revision } });
    beforeEach(() => writeFileSync(file, text));
    after(() => rmSync(folder, { recursive: true }));

    it("keeps its comments and everything else", () => {
        setPins(file, "agent", pinned("0123456"));
        expect(readFileSync(file, "utf8")).to.equal(
            text
                .replace("revision: v1.0.0", 'revision: "0123456"')
                .replace("        deploy: false\n", '        deploy: false\n      revision: "0123456"\n'),
        );
    });

    it("leaves other values as they are written, and writes text that Pulumi reads as such", () => {
        const odd = `${text}  hubspoke:namespace: { pods: 010, cpu: 1_0 }\n`;
        for (const revision of ["2024-01-02", "1_000", "0b11", "1234567", "12e4567", "yes", "null", "~", "v1"]) {
            writeFileSync(file, odd);
            setPins(file, "agent", pinned(revision));
            const after = readFileSync(file, "utf8");
            expect(after).to.include("namespace: {pods: 010, cpu: 1_0}\n");
            expect(after).to.include(`      revision: ${revision === "v1" ? "v1" : `"${revision}"`} # since May\n`);
        }
    });

    it("is as before when the pins are", () => {
        setPins(file, "agent", pinned("v2.0.0"));
        setPins(file, "agent", { "prod-a": { revision: "v2.0.0", rollbackFrom: "v3.0.0" } });
        expect(readFileSync(file, "utf8")).to.include("rollbackFrom: v3.0.0");
        setPins(file, "agent", { "prod-a": { revision: "v1.0.0" }, "prod-b": {} });
        expect(readFileSync(file, "utf8")).to.equal(text);
    });

    it("has the pins of another application beside its own", () => {
        setPins(file, "retriever", { "prod-b": { revision: "1.4.2", values: "v1.0.0" } });
        expect(readFileSync(file, "utf8")).to.include(
            '      revisions:\n        retriever:\n          revision: "1.4.2"\n          values: v1.0.0\n',
        );
        setPins(file, "retriever", { "prod-b": {} });
        expect(readFileSync(file, "utf8")).to.equal(text);
    });

    it("is an environment's", () => {
        writeFileSync(file, "config:\n  hubspoke:role: hub\n");
        expect(() => setPins(file, "agent", pinned("abc"))).to.throw("not the stack file of an environment");
    });
});
