import { expect } from "chai";
import { readClusters, readHub } from "../../scripts/failover/clusters";
import { failoverStage, type FailoverStage } from "./support/failoverStage";

describe("the clusters of a failover", () => {
    let stage: FailoverStage;
    afterEach(() => stage.end());

    /** URLs of the agents on prod and dr. */
    const probes = async (...given: Parameters<typeof failoverStage>) => {
        stage = await failoverStage(...given);
        return (await readClusters(await readHub("hub"), ["prod", "dr"])).map(({ probeUrl }) => probeUrl);
    };

    it("are probed where the hub's Prometheus probes them", async () => {
        const prod = { probe: undefined };
        const dr = { probe: undefined, domain: "dr.example.org" };
        expect(await probes({ prod, dr })).to.deep.equal([
            "https://agent.prod.example.com/healthz",
            "https://agent.dr.example.org/healthz",
        ]);
    });

    it("have no probe where the application that users reach is not delivered", async () => {
        const agent = {
            repository: "https://git.example.com/agent.git",
            namespace: "agent",
            traffic: true,
            selector: { environment: "dr", region: "eu" },
        };
        const [ofProd, ofDr] = await probes({ hub: { agent: undefined, applications: { agent } } });
        expect(ofProd).to.equal(undefined);
        expect(ofDr).to.equal(`${stage.hub.url}/dr/healthz`);
    });
});
