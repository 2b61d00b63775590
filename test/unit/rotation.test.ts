import { expect } from "chai";
import { writeHubOutputs } from "../../components/hubOutputs";
import { rotate, rotateEach } from "../../scripts/rotate";
import { failure } from "./support/failure";
import { fakePulumi } from "./support/fakePulumi";
import { mockPulumi, valueOf } from "./support/mocks";
import { objectStore } from "./support/objectStore";
import { printed } from "./support/printed";
import { hubOutputs } from "./support/register";

describe("a rotation of several stacks", () => {
    const rotateOnly = (...withToken: string[]) => (stack: string) => Promise.resolve(withToken.includes(stack));

    it("goes on after one without a token, and is refused where none has one", async () => {
        await rotateEach("prod", ["prod-1", "prod-2"], rotateOnly("prod-2"));
        await rotateEach("all", [], rotateOnly());
        expect(await failure(rotateEach("prod", ["prod-1", "prod-2"], rotateOnly()))).to.match(/^prod: no cluster has a token to rotate/);
    });

    it("stops at an error, and says what was not started", async () => {
        const broken = () => Promise.reject(new Error("no route"));
        expect(await failure(rotateEach("prod", ["prod-1", "prod-2"], broken))).to.match(/^prod-1: no route\n.*Not started: prod-2\./);
    });

    it("says of a stack that it has no token, and changes nothing there", async () => {
        const hub = await objectStore({ version: {} });
        const clusters = { a: { context: "a", labels: { region: "eu" }, credentials: { type: "federated" } } };
        const pulumi = fakePulumi({
            prod: { role: "environment", environment: "prod", hub: { kubeconfig: hub.kubeconfig }, clusters },
        });
        try {
            await mockPulumi();
            const outputs = Object.entries(writeHubOutputs(hubOutputs())).map(async ([name, value]) => {
                return [name, await valueOf(value)] as const;
            });
            pulumi.setOutputs("hub", Object.fromEntries(await Promise.all(outputs)));
            pulumi.setOutputs("prod", {});
            expect(await failure(rotate("prod"))).to.equal(
                "prod has no cluster yet. Bring it up first: pulumi up --stack prod",
            );
            const a = { server: "https://a", secret: "cluster-a", credential: { type: "federated" } };
            pulumi.setOutputs("prod", { clusters: { a } });
            const { result, lines } = await printed(() => rotate("prod"));
            expect({ result, lines }).to.deep.equal({ result: false, lines: ["prod: no cluster has a token to rotate"] });
            expect(pulumi.calls().filter((call) => /^(up|preview)/.test(call))).to.deep.equal([]);
        } finally {
            pulumi.restore();
            await hub.close();
        }
    });
});
