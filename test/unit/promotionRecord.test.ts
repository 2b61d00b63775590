import { expect } from "chai";
import { beginPromotion, endPromotion, promoted, type Promotion, readPromotions } from "../../clusters/promotions";
import { type ObjectStore, objectStore } from "./support/objectStore";
import { registered } from "./support/ringTarget";

const record = "api/v1/namespaces/argocd/configmaps/promotion-record";
const at = "2026-01-01T12:00:00.000Z";

/** A commit, by its number. */
const commit = (number: number) => String(number).padStart(40, "0");

/** What a cluster's record says of these commits, the latest first. */
const entry = (count: number): Promotion => {
    const [revision = "", ...superseded] = Array.from({ length: count }, (_, index) => commit(count - index));
    return { revision, at, superseded };
};

describe("the record of promotions on the hub", () => {
    let hub: ObjectStore;
    afterEach(() => hub.close());

    async function hubWith(names: readonly string[], data: Readonly<Record<string, unknown>>): Promise<void> {
        const entries = Object.entries(data).map(([key, value]) => [key, JSON.stringify(value)]);
        const kept = { metadata: { name: "promotion-record" }, data: Object.fromEntries(entries) as object };
        const secrets = names.map((name) => registered(name, commit(51)));
        hub = await objectStore({ ...Object.fromEntries(secrets), [record]: kept });
    }

    const data = () => (hub.objects.get(record) as { data: Record<string, string> }).data;
    const parsed = (key: string) => JSON.parse(data()[key] ?? "") as Promotion;

    it("keeps the last ten revisions, also of what an earlier version wrote", async () => {
        await hubWith(["a"], { a: entry(51) });
        const all = [{ application: "agent", cluster: "a" }];
        expect((await readPromotions(hub.address, "argocd")).ended.a).to.deep.equal(entry(51));
        await beginPromotion(hub.address, "argocd", all, commit(52));
        expect(parsed("a")).to.deep.equal({ ...entry(51), superseded: entry(51).superseded.slice(0, 10) });
        hub.objects.set(...registered("a", commit(52)));
        await endPromotion(hub.address, "argocd", all);
        const superseded = [commit(51), ...entry(51).superseded.slice(0, 9)];
        expect(parsed("a")).to.deep.include({ revision: commit(52), superseded });
        expect(Object.keys(data())).to.deep.equal(["a"]);
    });

    it("keeps a cluster that is not registered now, so that it does not come back with an old revision", async () => {
        await hubWith(["a"], { gone: entry(2), retriever_gone: entry(2) });
        await beginPromotion(hub.address, "argocd", [{ application: "agent", cluster: "a" }], commit(3));
        expect(Object.keys(data()).sort()).to.deep.equal(["a.begun", "gone", "retriever_gone"]);
    });

    it("has room for 1,500 applications on clusters, of which each is promoted (docs/scale.md)", async () => {
        await hubWith(["a"], {});
        let before: Promotion | undefined;
        for (let number = 1; number <= 20; number += 1) {
            before = promoted(before, before?.revision, commit(number), at);
        }
        const key = "application-name_prod-cluster-0001";
        const ended = key.length + JSON.stringify(before).length;
        const begun = `${key}.begun`.length + JSON.stringify({ revision: commit(21), at, from: commit(20) }).length;
        expect(1_500 * ended + 500 * begun).to.be.below(2 ** 20);
    });
});
