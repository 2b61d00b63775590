import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import type { Comparison } from "../../clusters/comparisons";
import { isBehind, revisionOf } from "../../scripts/failover/revisions";
import { type Capacity, lacks } from "../../scripts/failover/capacity";
import { type Facts, judge, withComparison } from "../../scripts/failover/checks";

function application(
    revision: string,
    facts: { history?: string[]; sync?: string; health?: string } = {},
): Application {
    const { history = [revision], sync = "Synced", health = "Healthy" } = facts;
    return {
        metadata: { name: "agent" },
        status: {
            sync: { status: sync, revision },
            health: { status: health },
            history: history.map((one) => ({ revision: one })),
        },
    };
}

describe("a failover: the revision of a cluster", () => {
    it("is the revision to which it is Synced", () => {
        expect(revisionOf(application("b", { history: ["a"] }))).to.equal("b");
    });

    it("is the last deployed one, if a comparison continued without a sync or the cluster is lost", () => {
        expect(revisionOf(application("b", { history: ["z", "a"], sync: "OutOfSync" }))).to.equal("a");
        expect(revisionOf(application("", { history: ["a"], sync: "Unknown" }))).to.equal("a");
    });

    it("is unknown if nothing was ever deployed", () => {
        expect(revisionOf(undefined)).to.equal(undefined);
        expect(revisionOf({ metadata: { name: "agent" } })).to.equal(undefined);
    });

    const cases: [name: string, target: Application, other: string, behind: boolean][] = [
        ["the same", application("a"), "a", false],
        ["not yet had the other's", application("a"), "b", true],
        ["had the other's and gone on", application("b", { history: ["a", "b"] }), "a", false],
        ["been rolled back to before the other's", application("a", { history: ["a", "b", "a"] }), "b", true],
        ["the same without a deployment of its own", application("b", { history: ["a"] }), "b", false],
        ["nothing", { metadata: { name: "agent" } }, "a", true],
    ];
    for (const [name, target, other, behind] of cases) {
        it(`${behind ? "is" : "is not"} behind if it has ${name}`, () => {
            expect(isBehind(target, other)).to.equal(behind);
        });
    }
});

const enough: Capacity = {
    limits: { cpu: 8, memory: 8e9, pods: 20 },
    nodes: { cpu: 48, memory: 192e9, pods: 330 },
    replicas: { ready: 3, wanted: 3, most: 10 },
};

describe("a failover: capacity", () => {
    it("is sufficient if limits, nodes and replicas are", () => {
        expect(lacks("dr", enough, "prod", enough)).to.deep.equal([]);
        expect(lacks("dr", enough, "prod", { ...enough, nodes: undefined, replicas: undefined })).to.deep.equal([]);
    });

    const lacking: [name: string, capacity: Partial<Capacity>, reason: RegExp][] = [
        ["limits are lower", { limits: { ...enough.limits, cpu: 4 } }, /^the agent's namespace on dr has 4 cores, but prod may use 8$/],
        ["nodes are too few", { nodes: { cpu: 6, memory: 192e9, pods: 330 } }, /^all nodes of dr has 6 cores/],
        ["pods are too few", { nodes: { cpu: 48, memory: 192e9, pods: 3 } }, /has 3 pods, but prod may use 20$/],
        ["replicas are not ready", { replicas: { ready: 2, wanted: 3, most: 10 } }, /^dr has 2 of 3 replicas ready$/],
        ["its autoscaler ends earlier", { replicas: { ready: 3, wanted: 3, most: 4 } }, /^dr scales to 4 replicas, but prod to 10$/],
        ["it does not answer", { nodes: undefined }, /^dr does not answer, so its capacity is unknown$/],
        ["it does not say its replicas", { replicas: undefined }, /^dr does not answer, so its capacity is unknown$/],
    ];
    for (const [name, capacity, reason] of lacking) {
        it(`is not sufficient if ${name}`, () => {
            const found = lacks("dr", { ...enough, ...capacity }, "prod", enough);
            expect(found).to.have.length(1);
            expect(found[0]).to.match(reason);
        });
    }
});

describe("a failover: the checks", () => {
    const facts: Facts = {
        from: "prod",
        to: "dr",
        lift: undefined,
        probe: undefined,
        source: application("a"),
        target: application("a"),
        application: "agent-dr",
        capacity: { from: { ...enough, nodes: undefined, replicas: undefined }, to: enough },
    };

    it("find no problem with a cluster that serves, runs the same and has capacity", () => {
        expect(judge(facts)).to.deep.equal({
            good: [
                "the agent on dr answers from outside",
                "agent-dr is Synced and Healthy",
                "dr runs a, like prod",
                "dr has the capacity that prod may use; 3 replicas are ready, up to 10",
            ],
            problems: [],
            unknown: [],
        });
    });

    it("forbid the move to a cluster whose health Argo CD does not know", () => {
        const target = { metadata: { name: "agent" }, status: { sync: { status: "Synced", revision: "a" } } };
        expect(judge({ ...facts, target }).problems).to.deep.equal(["agent-dr is Synced and Unknown"]);
    });

    it("say why the cluster that users leave was not asked, which forbids nothing", () => {
        const from = { ...facts.capacity.from, unasked: "the kubeconfig has no context \"prod\"" };
        const { problems, unknown } = judge({ ...facts, capacity: { ...facts.capacity, from } });
        expect(problems).to.deep.equal([]);
        expect(unknown).to.deep.equal(['prod was not asked how many replicas it has: the kubeconfig has no context "prod"']);
    });

    it("forbid the move to a cluster that Argo CD has not compared yet", () => {
        expect(judge({ ...facts, target: { metadata: { name: "agent" } } }).problems).to.deep.equal([
            "agent-dr is Unknown and Unknown",
            "the hub does not know which revision dr runs, so it cannot tell which cluster is behind",
        ]);
    });

    it("name the target's Application, whatever the cluster is called in its stack file", () => {
        const application = "agent-arn-aws-eks-dr";
        expect(judge({ ...facts, application, target: undefined }).problems).to.include(`the hub has no Application ${application}`);
        const { unknown } = withComparison("dr", { name: application, what: "silent" }, judge(facts));
        expect(unknown.join()).to.include(application);
    });

    it("allow a cluster that runs a later release", () => {
        const { good, problems } = judge({ ...facts, target: application("b", { history: ["a", "b"] }) });
        expect(problems).to.deep.equal([]);
        expect(good).to.include("dr runs b, which is later than a of prod");
    });

    const refused: [name: string, change: Partial<Facts>, reason: RegExp][] = [
        ["is in quarantine", { lift: "npm run x" }, /^dr is in quarantine, so Argo CD does not work on it.* Lift that: npm run x$/],
        ["does not serve", { probe: "it answers 503" }, /^the agent on dr does not serve users: it answers 503$/],
        ["is OutOfSync", { target: application("a", { sync: "OutOfSync" }) }, /^agent-dr is OutOfSync and Healthy$/],
        ["is Degraded", { target: application("a", { health: "Degraded" }) }, /^agent-dr is Synced and Degraded$/],
        [
            "is behind",
            { source: application("b") },
            /^dr runs a, and never ran b of prod\. Promote it first: npm run promote -- --from … --to …$/,
        ],
        ["has no Application", { target: undefined }, /^the hub has no Application agent-dr$/],
        ["cannot be compared", { source: undefined }, /^the hub does not know which revision prod runs/],
        ["has no room", { capacity: { ...facts.capacity, to: { ...enough, nodes: undefined } } }, /^dr does not answer/],
    ];
    for (const [name, change, reason] of refused) {
        it(`forbid the move to a cluster that ${name}`, () => {
            const { problems } = judge({ ...facts, ...change });
            expect(problems).to.have.length(1);
            expect(problems[0]).to.match(reason);
        });
    }

    const git = { type: "ComparisonError", message: "Failed to load target state: dial tcp: connection refused" };
    const blind: Application = {
        metadata: { name: "agent" },
        status: { ...application("", { history: ["a"], sync: "Unknown" }).status, conditions: [git] },
    };

    it("allow a cluster that is Healthy at its last revision while Git is unavailable, and say so", () => {
        const { problems, unknown } = judge({ ...facts, source: blind, target: blind });
        expect(problems).to.deep.equal([]);
        expect(unknown).to.deep.equal(["Git did not answer, so agent-dr was checked at its last known revision"]);
        const sick = { ...blind, status: { ...blind.status, health: { status: "Degraded" } } };
        expect(judge({ ...facts, target: sick }).problems).to.deep.equal(["agent-dr is Unknown and Degraded"]);
        const lost = { ...blind, status: { ...blind.status, conditions: [] } };
        expect(judge({ ...facts, target: lost }).problems).to.deep.equal(["agent-dr is Unknown and Healthy"]);
        const changed = { ...application("b", { history: ["a"], sync: "OutOfSync" }).status, conditions: [git] };
        expect(judge({ ...facts, target: { ...blind, status: changed } }).problems).to.deep.equal([
            "agent-dr is OutOfSync and Healthy",
        ]);
    });

    it("learn from a new comparison whether Argo CD is connected, and never require that Git answers", () => {
        const found = judge(facts);
        const after = (what: Comparison["what"], why?: string) =>
            withComparison("dr", { name: "agent-dr", what, ...(why && { why }) }, found);
        const connected = { ...found, good: ["Argo CD is connected to dr", ...found.good] };
        expect(after("compared")).to.deep.equal(connected);
        expect(after("without manifests", "no Git")).to.deep.equal({
            ...connected,
            unknown: ["Git did not answer, so agent-dr was checked at its last known revision"],
        });
        expect(after("silent")).to.deep.equal({
            ...found,
            unknown: ["Argo CD did not compare agent-dr again in time; Git may be unavailable"],
        });
        for (const what of ["cluster not read", "cluster not known", "never"] as const) {
            expect(after(what, "Unauthorized")).to.deep.equal({
                ...found,
                problems: ["Argo CD is not connected to dr: Unauthorized"],
            });
        }
        expect(after("never").problems).to.deep.equal(["Argo CD is not connected to dr: never"]);
    });

    it("say once that Git did not answer, also after a new comparison", () => {
        const found = judge({ ...facts, source: blind, target: blind });
        const compared = withComparison("dr", { name: "agent-dr", what: "without manifests" }, found);
        expect(compared.unknown).to.deep.equal(["Git did not answer, so agent-dr was checked at its last known revision"]);
    });

    it("report all reasons together", () => {
        expect(judge({ ...facts, probe: "no", target: application("z", { health: "Degraded" }) }).problems).to.have.length(3);
    });
});
