import { expect } from "chai";
import { holdAnnotations, holders } from "../../clusters/heldAnnotations";
import type { Asked } from "../../lab/test/support/fakeApiServer";
import { failure } from "./support/failure";
import { type ObjectStore, objectStore } from "./support/objectStore";

const path = "api/v1/namespaces/argocd/secrets/cluster-prod";

describe("the annotations that a command holds on a cluster Secret", () => {
    let hub: ObjectStore;
    let asked: Asked | undefined;
    const start = async (answer: object) => {
        const secret = { metadata: { name: "cluster-prod", uid: "u-1", annotations: { other: "x" } }, data: { config: "hidden" } };
        hub = await objectStore({ [path]: secret }, (request) => {
            if (request.method !== "PATCH") {
                return undefined;
            }
            asked = request;
            return answer;
        });
    };
    afterEach(() => hub.close());

    it("are applied by its own field manager, to this very Secret, and nothing else of it is sent", async () => {
        await start({});
        await holdAnnotations(hub.address, path, holders.quarantine, { a: "b" });
        expect(asked?.path).to.equal(`/${path}?fieldManager=hubspoke-quarantine&force=true`);
        expect(asked?.headers["content-type"]).to.equal("application/apply-patch+yaml");
        expect(JSON.parse(asked?.body ?? "")).to.deep.equal({
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "cluster-prod", uid: "u-1", annotations: { a: "b" } },
        });
    });

    it("are not applied without the right, which the error names with the server's message", async () => {
        await start({ kind: "Status", code: 403, message: "secrets is forbidden" });
        expect(await failure(holdAnnotations(hub.address, path, holders.receiver, {}))).to.equal(
            `hubspoke:hub: the API server ${hub.url} answers 403 to the annotations of cluster-prod: secrets is forbidden. Give ` +
                "this identity the right to patch Secrets (docs/recovery.md), and try again",
        );
        expect(asked?.path).to.include("fieldManager=hubspoke-failover-receiver&");
    });

    it("are not applied by a server that does not say why", async () => {
        await start({ code: 500 });
        expect(await failure(holdAnnotations(hub.address, path, holders.receiver, {}))).to.match(
            / answers 500 to the annotations of cluster-prod: \. Give this identity /,
        );
    });
});
