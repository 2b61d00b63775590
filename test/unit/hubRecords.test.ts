import { expect } from "chai";
import { describeMove, type Move, moveId, readMoves } from "../../clusters/moves";
import { type PromotionRecord, promotionsThatMoved, promotionKey, readPromotions } from "../../clusters/promotions";
import { changeRecordKey, readRecord, writeRecord } from "../../clusters/records";
import { isUnderWay, type Release } from "../../clusters/releases";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore } from "./support/objectStore";

const folder = "api/v1/namespaces/argocd/configmaps";
const named = { name: "record", labels: { a: "b" } };

describe("a release on the hub", () => {
    it("is under way until it is done or has gone back", () => {
        const states = ["running", "approval", "paused", "going back", "done", "back"] as const;
        const underWay = states.filter((state) => isUnderWay({ state } as Release));
        expect(underWay).to.deep.equal(["running", "approval", "paused", "going back"]);
        expect(isUnderWay(undefined)).to.equal(false);
    });
});

describe("a record on the hub", () => {
    let hub: ObjectStore;
    const start = async (...given: Parameters<typeof objectStore>) => {
        hub = await objectStore(...given);
    };
    afterEach(() => hub.close());

    it("is empty where there is none, or none with data", async () => {
        await start({ [`${folder}/record`]: {} });
        expect(await readRecord(hub.address, "argocd", "record")).to.deep.equal({});
        expect(await readRecord(hub.address, "argocd", "other")).to.deep.equal({});
        expect(await readMoves(hub.address, "argocd")).to.deep.equal([]);
        expect(await readPromotions(hub.address, "argocd")).to.deep.equal({ ended: {}, begun: {} });
    });

    it("is created with what is to be there, and then keeps its other keys", async () => {
        await start();
        await writeRecord(hub.address, "argocd", named, { x: "1", gone: null });
        const created = hub.objects.get(`${folder}/record`);
        expect(created).to.deep.include({ apiVersion: "v1", kind: "ConfigMap", data: { x: "1" } });
        expect(created?.metadata).to.deep.include(named);
        await writeRecord(hub.address, "argocd", named, { y: "2" });
        await writeRecord(hub.address, "argocd", named, { x: null });
        expect(hub.objects.get(`${folder}/record`)).to.deep.include({ data: { y: "2" } });
        const at = `${folder}/record`;
        expect(hub.changes).to.deep.equal([`PATCH ${at}`, `POST ${folder}`, `PATCH ${at}`, `PATCH ${at}`]);
    });

    it("loses no change of another run at the same moment, whether it was there or not", async () => {
        let others = 2;
        await start({}, ({ method }, objects) => {
            if (method !== "GET" && others > 0) {
                objects.set(`${folder}/record`, { metadata: { resourceVersion: `other-${others}` }, data: { x: String(others--) } });
            }
            return undefined;
        });
        const seen: unknown[] = [];
        const value = await changeRecordKey(hub.address, "argocd", named, "x", (now) => {
            seen.push(now);
            return `${now} and mine`;
        });
        expect({ value, seen }).to.deep.equal({ value: "1 and mine", seen: [undefined, "2", "1"] });
        expect(hub.objects.get(`${folder}/record`)).to.deep.include({ data: { x: "1 and mine" } });
        expect(hub.objects.get(`${folder}/record`)?.metadata).to.deep.include(named);
    });

    it("is made for its first key, and gets one where it has none", async () => {
        await start();
        expect(await changeRecordKey(hub.address, "argocd", named, "x", () => "1")).to.equal("1");
        const made = { apiVersion: "v1", kind: "ConfigMap", data: { x: "1" } };
        expect(hub.objects.get(`${folder}/record`)).to.deep.include(made);
        hub.objects.set(`${folder}/record`, { metadata: { resourceVersion: "7" } });
        expect(await changeRecordKey(hub.address, "argocd", named, "x", (now) => `${now}`)).to.equal("undefined");
    });

    it("is not written where nothing changes", async () => {
        await start({ [`${folder}/record`]: { data: { x: "1" } } });
        expect(await changeRecordKey(hub.address, "argocd", named, "x", () => "1")).to.equal("1");
        expect(hub.changes).to.deep.equal([]);
    });

    it("that never rests ends with what to do, and one that may not be changed with the answer", async () => {
        for (const [code, error] of [
            [409, "the ConfigMap record on the hub was changed by others at each of 20 attempts. Run this again"],
            [404, "the ConfigMap record on the hub was changed by others at each of 20 attempts. Run this again"],
            [403, "hubspoke:hub: the API server answers 403 for a change of the ConfigMap record"],
        ] as const) {
            await start({}, ({ method }) => (method === "GET" ? undefined : { kind: "Status", code, message: "" }));
            expect(await failure(changeRecordKey(hub.address, "argocd", named, "x", () => "1"))).to.equal(error);
            expect(hub.changes).to.have.length(code === 403 ? 1 : 20);
            await hub.close();
        }
        await start();
    });

    it("of moves has each, and refuses what no program wrote", async () => {
        const who = { by: "ada", from: "prod", to: "dr", why: "a drill" };
        const begun: Move = { at: "2026-01-01T12:00:00Z", ...who, automatic: false, state: "begun" };
        const move: Move = { ...begun, automatic: true, state: "done", unknown: "Git did not answer", seconds: 12.34 };
        await start({ [`${folder}/failover-record`]: { data: { "moves.json": JSON.stringify([move]) } } });
        expect(await readMoves(hub.address, "argocd")).to.deep.equal([move]);
        expect(describeMove(move)).to.equal(
            "2026-01-01T12:00:00Z ada (automatic): prod to dr, done in 12.3 s: a drill (Git did not answer)",
        );
        expect(describeMove(begun)).to.equal("2026-01-01T12:00:00Z ada: prod to dr, begun: a drill");
        // The id is in stack files: another version must find the same.
        expect(moveId(move)).to.equal("m612e1e9");
        hub.objects.set(`${folder}/failover-record`, { data: { "moves.json": JSON.stringify([{ ...move, state: "gone" }]) } });
        expect(await failure(readMoves(hub.address, "argocd"))).to.equal(
            "the hub's record, the ConfigMap failover-record, is not as this program wrote it. Restore it, or delete it: the stack " +
                "files decide where there is none",
        );
    });

    it("of promotions tells those that began from those that ended, of the agent and of other applications", async () => {
        const ended = { revision: "v2", at: "t", superseded: ["v1"] };
        const begun = { revision: "v3", at: "u", from: "v2" };
        const data = { prod: JSON.stringify(ended), "prod.begun": JSON.stringify(begun), "shop_prod.begun": JSON.stringify(begun) };
        await start({ [`${folder}/promotion-record`]: { data } });
        const record: PromotionRecord = { ended: { prod: ended }, begun: { prod: begun, shop_prod: begun } };
        expect(await readPromotions(hub.address, "argocd")).to.deep.equal(record);
        const secret = (annotations: Record<string, string>) => [{ cluster: "prod", annotations }];
        expect(promotionsThatMoved(record, secret({ revision: "v2", "revision.hubspoke/shop": "v3" }))).to.deep.equal({
            prod: ended,
            shop_prod: { revision: "v3", at: "u", superseded: ["v2"] },
        });
        expect(promotionsThatMoved(record, [])).to.deep.equal({ prod: ended });
        expect(promotionKey({ application: "agent", cluster: "prod" })).to.equal("prod");
        expect(promotionKey({ application: "shop", cluster: "prod" })).to.equal("shop_prod");
    });
});
