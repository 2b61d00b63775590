import { expect } from "chai";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab } from "../../lab/stacks/project";
import { type ApiGate, type Moment, openApiGate } from "./support/apiGate";
import { changedCluster, clusterSecret, type Config, npmRun, type Outcome, pulumiWith } from "./support/lab";
import { standingOf } from "./support/standing";

/** A new token is made, and the answer is still on its way. */
const moment: Moment = {
    cluster: "staging",
    method: "POST",
    path: /^\/api\/v1\/namespaces\/argocd-manager\/secrets\?/,
    when: "answered",
};

describe("an answer that the network loses", () => {
    let gate: ApiGate;
    let server: string;

    before(async () => {
        ({ server } = await clusterSecret("staging"));
        gate = await openApiGate(["staging"]);
    });

    after(async () => {
        set({ server: undefined });
        await gate.close();
    });

    const env = () => ({ ...pulumiEnvironment(), KUBECONFIG: gate.kubeconfig });
    const up = () => pulumiWith(env(), "staging", "up", "--yes", "--skip-preview");

    function set(change: Config): void {
        changeInLab("staging", changedCluster("staging", (settings) => ({ ...settings, ...change })));
    }

    /** Nothing is pending, and what carries the stack's mark on the clusters is what the state has. */
    async function expectOrder(tokens: number): Promise<void> {
        const standing = await standingOf("staging");
        expect(standing.pending).to.deep.equal([]);
        expect(standing.there).to.deep.equal(standing.known);
        expect(standing.tokens).to.have.length(tokens);
    }

    function expectOk({ ok, output }: Outcome): void {
        expect(ok, output).to.equal(true);
    }

    it("leaves an object in the way of every later run, until `recover` adopts it", async () => {
        // Behind the gate the API server has another URL, and the hub is to hold the true one.
        set({ server, credentials: { generation: 2, retired: 0 } });
        const reached = gate.stopAt(moment);
        const running = up();
        await Promise.race([reached, running]);
        gate.cut();
        const lost = await running;
        expect(lost.ok, lost.output).to.equal(false);

        const again = await up();
        expect(again.ok, again.output).to.equal(false);
        expect(again.output).to.include("already exists");

        const recovered = await npmRun("recover", env(), "staging", "up");
        expectOk(recovered);
        expect(recovered.output).to.match(/a creation had no answer: Secret \S+ on staging is this stack's/);
        await expectOrder(2);
        expectOk(await npmRun("rotate", env(), "staging"));
        await expectOrder(1);
        expectOk(await pulumiWith(env(), "staging", "preview", "--expect-no-changes"));
    });
});
