import { expect } from "chai";
import { z } from "zod";
import { describeMove, type Move, moveId } from "../../clusters/moves";
import { promoted, promotionsThatMoved } from "../../clusters/promotions";
import { parseRecord } from "../../clusters/records";
import {
    contradictedActive,
    contradictedGenerations,
    contradictedPins,
    refuseContradictions,
} from "../../preflight/recorded";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { registration } from "./support/registration";
import { hubSettings } from "./support/hub";

const move = (more: Partial<Move> = {}): Move => ({
    at: "2026-01-01T12:00:00.000Z",
    by: "ann@laptop",
    from: "prod",
    to: "dr",
    why: "prod is down",
    automatic: false,
    state: "done",
    ...more,
});

/** Settings of one cluster, prod. */
function prod(settings: object): EnvironmentSettings {
    const clusters = { prod: { context: "prod", labels: { region: "eu" }, ...settings } };
    const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters };
    return parseSettings(given) as EnvironmentSettings;
}

describe("the active cluster compared with the hub's record of moves", () => {
    const check = (active: string, moves: readonly Move[], acknowledge?: string, published?: string) => () =>
        refuseContradictions(contradictedActive(hubSettings({ traffic: { active, acknowledge } }), moves, published));

    it("is refused if the last move went to another, with what to write", () => {
        const id = moveId(move());
        expect(check("prod", [move()])).to.throw(
            new RegExp(
                "^hubspoke:traffic.active: is prod, but the hub's last move of users went to dr .*prod is down.* " +
                    `Write dr, .*\`traffic.acknowledge: ${id}\``,
            ),
        );
    });

    it("is a person's choice if the move's id is acknowledged, and only for that move", () => {
        check("prod", [move()], moveId(move()))();
        const later = move({ at: "2026-01-02T12:00:00.000Z" });
        expect(check("prod", [later, move()], moveId(move()))).to.throw(/traffic\.active: is prod/);
    });

    it("agrees with the last move, or with both sides of one that has only begun", () => {
        check("dr", [move()])();
        const half = move({ state: "begun" });
        check("dr", [half])();
        check("prod", [half])();
        expect(check("other", [half])).to.throw(/is other/);
        check("prod", [half], undefined, "prod")();
    });

    it("is that of a move that stopped after it had changed the name, and no longer the one before", () => {
        const half = move({ state: "begun" });
        check("dr", [half], undefined, "dr")();
        expect(check("prod", [half], undefined, "dr")).to.throw(/is prod, but the hub's last move of users went to dr/);
        check("prod", [half], moveId(half), "dr")();
    });

    it("comes from the stack file on a hub without a record, or without a name for users", () => {
        check("prod", [])();
        refuseContradictions(contradictedActive(hubSettings(), [move()], "dr"));
    });

    it("is described with what could not be checked", () => {
        expect(describeMove(move({ unknown: "Git did not answer" }))).to.match(/: prod is down \(Git did not answer\)$/);
    });

    it("has an id that YAML reads as text", () => {
        expect(moveId(move())).to.match(/^m[0-9a-f]{7}$/);
        expect(moveId(move())).not.to.equal(moveId(move({ to: "prod", from: "dr" })));
        expect(moveId(move({ state: "begun" }))).to.equal(moveId(move()));
    });
});

describe("a record on the hub that a person has changed", () => {
    for (const json of ["{", '{"revision": 1}', ""]) {
        it(`is named, with what to do: ${json === "" ? "nothing" : json}`, () => {
            const schema = z.object({ revision: z.string() });
            expect(() => parseRecord("promotion-record", json, schema)).to.throw(/ConfigMap promotion-record.* delete it/);
        });
    }
});

describe("a cluster's revision compared with the hub's record of promotions", () => {
    const record = { prod: { revision: "v2", at: "2026-01-01T12:00:00Z", superseded: ["v1", "v0"] } };
    const check = (settings: object) => () => refuseContradictions(contradictedPins(prod(settings), record));

    it("is refused if a promotion has replaced it there, with what to write", () => {
        expect(check({ revision: "v1" })).to.throw(
            "hubspoke:clusters.prod.revision: is v1, but a promotion replaced it with v2 on 2026-01-01T12:00:00Z. Write v2, as " +
                "the promotion's change of the stack file does. To roll back on purpose, write `rollbackFrom: v2` too",
        );
    });

    it("is accepted if the settings name the revision to roll back from, until the next promotion", () => {
        check({ revision: "v1", rollbackFrom: "v2" })();
        expect(check({ revision: "v1", rollbackFrom: "v1.5" })).to.throw(/is v1/);
    });

    it("may be the promoted one, one without a promotion, or none", () => {
        check({ revision: "v2" })();
        check({ revision: "v3" })();
        check({})();
        refuseContradictions(contradictedPins(prod({ revision: "v1" }), {}));
    });

    it("counts a promotion that was interrupted on the clusters whose Secrets have the new pin, and on no other", () => {
        const begun = { revision: "v3", at: "2026-01-02T12:00:00Z", from: "v2" };
        const pinned = (cluster: string, revision: string) => registration({ cluster, annotations: { revision } });
        const existing = [pinned("prod", "v3"), pinned("prod-b", "v2"), pinned("prod-c", "v3")];
        const both = { prod: begun, "prod-b": begun, "prod-c": begun, gone: begun };
        expect(promotionsThatMoved({ ended: { ...record, "prod-b": record.prod }, begun: both }, existing)).to.deep.equal({
            prod: { revision: "v3", at: begun.at, superseded: ["v2", "v1", "v0"] },
            "prod-b": record.prod,
            "prod-c": { revision: "v3", at: begun.at, superseded: ["v2"] },
        });
    });

    it("is recorded with all that it replaced, the latest first, once each", () => {
        const first = promoted(undefined, "v0", "v1", "t1");
        expect(first).to.deep.equal({ revision: "v1", at: "t1", superseded: ["v0"] });
        const second = promoted(first, "v1", "v2", "t2");
        expect(second.superseded).to.deep.equal(["v1", "v0"]);
        expect(promoted(second, "v2", "v1", "t3").superseded).to.deep.equal(["v2", "v0"]);
        expect(promoted(second, undefined, "v3", "t3").superseded).to.deep.equal(["v2", "v1", "v0"]);
    });
});

describe("a token's generation compared with the hub's token", () => {
    const stack = "organization/hubspoke/prod";
    const annotations = { "hubspoke/credential-generation": "3" };
    const own = [registration({ cluster: "prod", stack, annotations }), registration({ cluster: "dr", annotations })];
    const check = (generation: number, of = stack) => () => {
        const settings = prod({ credentials: { generation, retired: generation - 1 } });
        refuseContradictions(contradictedGenerations(settings, own, of));
    };

    it("is refused if it is older, with what to write", () => {
        expect(check(2)).to.throw(
            "hubspoke:clusters.prod.credentials.generation: is 2, but the hub holds token 3: this stack file lacks a rotation's " +
                "change. Write 3, or 4 for a new token, and `retired: 2`",
        );
    });

    it("is that of the cluster's own registration, and of a token alone", () => {
        const others = [registration({ cluster: "dr", stack, annotations }), registration({ cluster: "prod", stack })];
        expect(contradictedGenerations(prod({}), others, stack)).to.deep.equal([]);
        const aws = { type: "aws", clusterName: "prod", subject: { kind: "Group", name: "argocd" } };
        expect(contradictedGenerations(prod({ credentials: aws }), own, stack)).to.deep.equal([]);
    });

    it("is refused on each cluster, each on its line", () => {
        const contradiction = { setting: "a", given: 1, record: "b", remedy: "c" };
        expect(() => refuseContradictions([contradiction, { ...contradiction, setting: "d" }])).to.throw(
            "hubspoke:a: is 1, but b. c\n  hubspoke:d: is 1, but b. c",
        );
    });

    it("may be the same or newer, or another stack's", () => {
        check(3)();
        check(4)();
        check(1, "organization/hubspoke/other")();
    });
});
