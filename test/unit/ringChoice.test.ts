import { expect } from "chai";
import * as fc from "fast-check";
import { type Candidate, ringsOf } from "../../scripts/promote/rings/choice";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { meets, type RingSettings } from "../../settings/rings";

/** The rollout of an environment, as the settings give it. */
function rollout(given: object): RingSettings {
    const clusters = { prod: { context: "prod", labels: { region: "eu" } } };
    const settings = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters, rollout: given };
    return (parseSettings(settings) as EnvironmentSettings).rollout as RingSettings;
}

function candidates(count: number, more: (index: number) => Partial<Candidate> = () => ({})): Candidate[] {
    return Array.from({ length: count }, (_, index) => ({
        ...{ name: `cluster-${index}`, labels: { canary: String(index < 3) }, runs: true, has: false },
        ...more(index),
    }));
}

const { rings } = rollout({
    rings: [
        { clusters: { labels: { canary: "true" } }, soak: "1h" },
        { percent: 10, maxFailed: "20%" },
        { percent: 100, maxFailed: 3 },
    ],
});

describe("the clusters of each ring", () => {
    const sizes = (count: number) => ringsOf(rings, candidates(count)).map(({ clusters }) => clusters.length);

    it("are those with the labels, then shares of all, rounded up, in which the rings before count", () => {
        expect(sizes(200)).to.deep.equal([3, 17, 180]);
        expect(sizes(101)).to.deep.equal([3, 8, 90]);
        expect(sizes(3)).to.deep.equal([3, 0, 0]);
        expect(ringsOf(rings, candidates(200))[0]?.clusters).to.deep.equal(["cluster-0", "cluster-1", "cluster-2"]);
    });

    it("do not depend on the order of the settings, and each cluster is in one ring", () => {
        fc.assert(
            fc.property(fc.shuffledSubarray(candidates(40), { minLength: 40 }), (shuffled) => {
                const found = ringsOf(rings, shuffled);
                expect(found).to.deep.equal(ringsOf(rings, candidates(40)));
                const all = candidates(40).map(({ name }) => name);
                expect(found.flatMap(({ clusters }) => clusters).sort()).to.deep.equal(all.sort());
            }),
        );
    });

    it("stay the same for most clusters when another one comes", () => {
        const first = (count: number) => ringsOf(rings, candidates(count))[1]?.clusters ?? [];
        expect(first(201).filter((name) => first(200).includes(name)).length).to.be.at.least(16);
    });

    it("are to be moved without those that have the revision, which count for the share and are watched", () => {
        const found = ringsOf(rings, candidates(100, (index) => ({ has: index < 3 })));
        expect(found.map(({ clusters }) => clusters.length)).to.deep.equal([0, 7, 90]);
        expect(found.map(({ has }) => has)).to.deep.equal([["cluster-0", "cluster-1", "cluster-2"], [], []]);
    });

    it("cannot be none by their labels: the ring's soak time and approval would be skipped", () => {
        const [canaries, ...others] = rings;
        const typo = { ...canaries, clusters: { labels: { canary: "ture" } } } as typeof canaries;
        const all = candidates(5);
        expect(() => ringsOf([typo, ...others] as typeof rings, all)).to.throw(
            'hubspoke:rollout.rings.0.clusters: chooses no cluster: none that runs the application has the labels canary: "ture". ',
        );
        expect(() => ringsOf([canaries, canaries, ...others] as typeof rings, all)).to.throw(
            "hubspoke:rollout.rings.1.clusters: chooses no cluster: none that runs the application and is in no ring before has",
        );
        const idle = candidates(5, (index) => ({ runs: index >= 3 }));
        expect(() => ringsOf(rings, idle)).to.throw(/rings\.0\.clusters: chooses no cluster/);
    });

    it("have every label that is named, and an error names all of them", () => {
        const labelled = (labels: Record<string, string>) => [{ ...rings[0], clusters: { labels } }, ...rings.slice(2)];
        const tiers = candidates(4, (index) => ({ labels: { canary: String(index < 3), tier: index < 2 ? "gold" : "tin" } }));
        const found = ringsOf(labelled({ canary: "true", tier: "gold" }) as typeof rings, tiers);
        expect(found.map(({ clusters }) => clusters)).to.deep.equal([["cluster-0", "cluster-1"], ["cluster-2", "cluster-3"]]);
        expect(() => ringsOf(labelled({ canary: "false", tier: "gold" }) as typeof rings, tiers)).to.throw(
            /^hubspoke:rollout\.rings\.0\.clusters: chooses no cluster: none that runs the application has the labels /,
        ).with.property("message").that.matches(
            / canary: "false", tier: "gold"\. Correct them, or give a cluster these labels$/,
        );
    });

    it("are somebody's where as many have the revision as are to be moved", () => {
        const given = [{ percent: 50, soak: "1h" }, { percent: 75, soak: "3h" }, { percent: 100 }];
        const halves = rollout({ rings: given }).rings;
        const [[first] = [], [second] = []] = ringsOf(halves, candidates(4)).map(({ clusters }) => clusters);
        const some = candidates(4).map((one) => ({ ...one, has: one.name === first || one.name === second }));
        const found = ringsOf(halves, some).map(({ clusters, has, soak }) => [clusters.length, has.length, soak]);
        expect(found).to.deep.equal([[1, 1, "1h"], [0, 1, "3h"], [1, 0, "10m"]]);
    });

    it("are in the last ring if they do not run the application, and count for no share", () => {
        const found = ringsOf(rings, candidates(20, (index) => ({ runs: index >= 10 || index < 3 })));
        expect(found.map(({ clusters }) => clusters.length)).to.deep.equal([3, 0, 17]);
    });

    it("lose nothing with a share that is reached already: its soak time is the ring's before, its approval the next one's", () => {
        const given = rollout({
            rings: [
                { clusters: { labels: { canary: "true" } }, soak: "1h" },
                { percent: 10, soak: "24h", approve: true },
                { percent: 20, soak: "2h" },
                { percent: 90 },
                { percent: 100, approve: true, soak: "3h" },
            ],
        });
        const facts = (count: number) => {
            const found = ringsOf(given.rings, candidates(count));
            return found.map(({ clusters, soak, approve }) => [clusters.length, soak, approve]);
        };
        expect(facts(100)).to.deep.equal([[3, "1h", false], [7, "24h", true], [10, "2h", false], [70, "10m", false], [10, "3h", true]]);
        const [canaries, , , most, last] = facts(10);
        expect([canaries, most, last]).to.deep.equal([[3, "24h", false], [6, "10m", true], [1, "3h", true]]);
        expect(facts(3)[0]).to.deep.equal([3, "24h", false]);
    });

    it("have a limit in numbers, from a percentage rounded down", () => {
        expect(ringsOf(rings, candidates(200)).map(({ maxFailed }) => maxFailed)).to.deep.equal([0, 3, 3]);
        expect(ringsOf(rings, candidates(40)).map(({ maxFailed }) => maxFailed)).to.deep.equal([0, 0, 3]);
    });
});

describe("the settings of a release in rings", () => {
    const all = { rings: [{ percent: 100 }] };
    const refused: [given: object, error: RegExp][] = [
        [{ rings: [] }, /rollout\.rings: names no ring/],
        [{ rings: [{ percent: 10 }] }, /rollout\.rings: does not reach every cluster. Add a last ring/],
        [{ rings: [{ percent: 20 }, { percent: 10 }, { percent: 100 }] }, /rings\.1\.percent: is not more/],
        [{ rings: [{ soak: "1h" }, { percent: 100 }] }, /rings\.0: needs exactly one of clusters and percent/],
        [{ rings: [{ percent: 1, clusters: { labels: { a: "b" } } }, { percent: 100 }] }, /rings\.0: needs exactly one/],
        [{ rings: [{ clusters: { labels: {} } }, { percent: 100 }] }, /rings\.0\.clusters\.labels: names no label/],
        [{ rings: [{ percent: 100, maxFailed: "120%" }] }, /rings\.0\.maxFailed: is not a number or percentage/],
        [{ ...all, gates: [{ query: "up", threshold: "< 1" }] }, /rollout\.prometheus: is missing, and the gates ask it/],
        [{ ...all, gates: [{ query: "up", threshold: "1" }] }, /gates\.0\.threshold: is not a comparison with a number/],
        [{ ...all, prometheus: "http://prometheus.example.com" }, /rollout\.prometheus: sends the credential.*Use https/],
        [{ ...all, prometheus: "https://user:EXAMPLE-PASSWORD@prometheus.example.com" }, /contains a credential/],
        [{ ...all, onFailure: "stop" }, /rollout\.onFailure: must be "back" or "pause"/],
    ];
    for (const [given, error] of refused) {
        it(`are refused: ${JSON.stringify(given)}`, () => {
            expect(() => rollout(given)).to.throw(error).with.property("message").that.does.not.include("EXAMPLE-PASSWORD");
        });
    }

    it("may name a Prometheus that is forwarded to this machine", () => {
        expect(rollout({ ...all, prometheus: "http://localhost:9090" }).prometheus).to.equal("http://localhost:9090");
    });

    it("compare with a threshold as PromQL does", () => {
        const all = ["< 1", "<= 1", "> 1", ">= 1", "== 1", "!= 1"];
        expect(all.map((threshold) => [0.5, 1, 2, NaN].map((value) => meets(value, threshold)))).to.deep.equal([
            [true, false, false, false],
            [true, true, false, false],
            [false, false, true, false],
            [false, true, true, false],
            [false, true, false, false],
            [true, false, true, false],
        ]);
        expect(meets(-0.5, "<-0.25")).to.equal(true);
    });
});
