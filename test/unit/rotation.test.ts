import { expect } from "chai";
import { rotate, rotateEach, stacksToRotate } from "../../scripts/rotate";
import { failure } from "./support/failure";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { mockPulumi } from "./support/mocks";
import { objectStore } from "./support/objectStore";
import { printed } from "./support/printed";
import { outputsOfHub } from "./support/register";

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

    async function withHub(credentials: object, work: (pulumi: FakePulumi) => Promise<void>): Promise<void> {
        const hub = await objectStore({ version: {} });
        const kubeconfig = hub.kubeconfig;
        const clusters = { a: { kubeconfig, labels: { region: "eu" }, credentials } };
        const pulumi = fakePulumi({ prod: { role: "environment", environment: "prod", hub: { kubeconfig }, clusters } });
        try {
            await mockPulumi();
            pulumi.setOutputs("hub", await outputsOfHub());
            await work(pulumi);
        } finally {
            pulumi.restore();
            await hub.close();
        }
    }

    it("of all has those with a token, production last, and leaves out a stack that nobody uses", async () => {
        const environment = (name: string, type: string, more: object = {}) => ({
            ...{ role: "environment", environment: name, hub: { context: "hub" }, ...more },
            clusters: { [name]: { context: name, labels: { region: "eu" }, credentials: { type } } },
        });
        const prod = environment("prod", "token", { production: "true" });
        const others = { staging: environment("staging", "token"), test: environment("test", "federated") };
        const pulumi = fakePulumi({ prod, ...others });
        try {
            ["mistake", "prod", "staging", "test"].forEach((stack) => pulumi.setState(stack, {}));
            const { result, lines } = await printed(() => stacksToRotate("all"));
            expect(result).to.deep.equal(["staging", "prod"]);
            expect(lines).to.deep.equal(["mistake: has no stack file and no clusters, and is left out"]);
        } finally {
            pulumi.restore();
        }
    });

    it("is continued from a checkout that lacks its first half: the setting of the new token comes with the end", async () => {
        await withHub({ type: "token" }, async (pulumi) => {
            const token = (generation: number) => ({ generation, secret: `token-${generation}`, created: "2026-01-01T00:00:00Z" });
            const credential = { type: "token", current: token(2), previous: token(1) };
            pulumi.setOutputs("prod", { clusters: { a: { server: "https://a", secret: "cluster-a", credential } } });
            const { lines } = await printed(() => rotate("prod"));
            expect(lines.join("\n")).to.include("an earlier rotation stopped");
            const [written = ""] = pulumi.calls().filter((call) => call.startsWith("config set-all"));
            expect(written).to.include("hubspoke:clusters.a.credentials.generation=2");
            expect(written).to.include("hubspoke:clusters.a.credentials.retired=1");
        });
    });

    it("says of a stack that it has no token, and changes nothing there", async () => {
        await withHub({ type: "federated" }, async (pulumi) => {
            pulumi.setOutputs("prod", {});
            expect(await failure(rotate("prod"))).to.equal(
                "prod has no cluster yet. Bring it up first: pulumi up --stack prod",
            );
            const a = { server: "https://a", secret: "cluster-a", credential: { type: "federated" } };
            pulumi.setOutputs("prod", { clusters: { a } });
            const { result, lines } = await printed(() => rotate("prod"));
            expect({ result, lines }).to.deep.equal({ result: false, lines: ["prod: no cluster has a token to rotate"] });
            expect(pulumi.calls().filter((call) => /^(up|preview)/.test(call))).to.deep.equal([]);
        });
    });
});
