import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { kubectl } from "../../lab/kubectl";
import { backendDir, projectDir, pulumiEnvironment } from "../../lab/stacks/environment";
import { table } from "../../lab/tables";
import { waitForApplications } from "../../lab/waiting";
import { type ApiGate, type Moment, openApiGate } from "./support/apiGate";
import { killAt } from "./support/killing";
import {
    changedCluster, clusterSecret, type Config, getObject, namesOf, npmRun, pulumi, pulumiWith,
} from "./support/lab";
import { standingOf } from "./support/standing";

const secrets = "/api/v1/namespaces/argocd/secrets";
const tokens = "/api/v1/namespaces/argocd-manager/secrets";

/** Where `pulumi` is killed; each is a request that the API server has not got yet, or has fulfilled unheard. */
const moments = {
    "rotation: a new token is made, and the state does not know it":
        { cluster: "staging", method: "POST", path: new RegExp(`^${tokens}\\?`), when: "answered" },
    "rotation: the hub has the new token, and the state the old one":
        { cluster: "hub", method: "PATCH", path: new RegExp(`^${secrets}/cluster-staging`), when: "answered" },
    "rotation: the old token is gone, and the state still has it":
        { cluster: "staging", method: "DELETE", path: new RegExp(`^${tokens}/`), when: "answered" },
    "rotation: the old token is not deleted yet, and the outputs no longer have it":
        { cluster: "staging", method: "DELETE", path: new RegExp(`^${tokens}/`), when: "asked" },
    "destroy: in the drain, when the hub has been told to take the agent away":
        { cluster: "hub", method: "PATCH", path: new RegExp(`^${secrets}/cluster-staging`), when: "answered" },
    "registration: before anything is made":
        { cluster: "staging", method: "POST", path: /namespaces\?/, name: /^argocd-manager$/, when: "asked" },
    "destroy: the registration is gone, and the state still has it":
        { cluster: "hub", method: "DELETE", path: new RegExp(`^${secrets}/cluster-staging`), when: "answered" },
    "registration: the agent's namespace is made, and the state does not know it":
        { cluster: "staging", method: "POST", path: /namespaces\?/, name: /^agent$/, when: "answered" },
    "destroy: the token is gone, and the state still has it":
        { cluster: "staging", method: "DELETE", path: new RegExp(`^${tokens}/`), when: "answered" },
    "registration: the token is made, and the state does not know it":
        { cluster: "staging", method: "POST", path: new RegExp(`^${tokens}\\?`), when: "answered" },
    "registration: the hub has the cluster, and the state does not know it":
        { cluster: "hub", method: "POST", path: new RegExp(`^${secrets}\\?`), when: "answered" },
    "registration: while Argo CD connects":
        { cluster: "hub", method: "POST", path: /\/applications$/, when: "answered" },
    "quarantine: the mark is lifted, and Argo CD's connection is not proved":
        { cluster: "hub", method: "POST", path: /\/applications$/, when: "answered" },
} as const satisfies Record<string, Moment>;

describe("a `pulumi` that was killed", () => {
    const outcomes: string[][] = [];
    const stackFile = path.join(projectDir, "Pulumi.staging.yaml");
    let gate: ApiGate;
    let committed: string;
    let server: string;

    before(async () => {
        ({ server } = await clusterSecret("staging"));
        gate = await openApiGate(["hub", "staging"]);
        committed = fs.readFileSync(stackFile, "utf8");
    });

    after(async () => {
        fs.writeFileSync(stackFile, committed);
        await gate.close();
        process.stdout.write(`${table(["killed", "left behind", "s"], outcomes)}\n`);
    });

    const gated = () => ({ ...pulumiEnvironment(), KUBECONFIG: gate.kubeconfig });

    async function kill(moment: keyof typeof moments, command: "up" | "destroy", meanwhile?: () => Promise<void>) {
        const args = [command, "--yes", "--skip-preview", "--non-interactive", "--stack", "staging"];
        await killAt(gate, moments[moment], { command: "pulumi", args, env: gated() }, meanwhile);
    }

    /** Recovers, and notes what there was to do. */
    async function recover(moment: keyof typeof moments, ...next: string[]): Promise<string> {
        const began = Date.now();
        const { ok, output } = await npmRun("recover", gated(), "staging", ...next);
        expect(ok, output).to.equal(true);
        const found = output.split("\n").flatMap((line) => /^staging: (\w+ing \S+ was interrupted: .*)$/.exec(line)?.[1] ?? []);
        outcomes.push([moment, found.join("\n"), ((Date.now() - began) / 1000).toFixed(0)]);
        expect(output).to.match(/staging: was locked by process \d+ of .*, which is dead/);
        return output;
    }

    /** Nothing is pending, and what carries the stack's mark on the clusters is what the state has. */
    async function expectOrder(tokenCount: number) {
        const { pending, known, there, tokens: found } = await standingOf("staging");
        expect(pending).to.deep.equal([]);
        expect(there).to.deep.equal(known);
        expect(found).to.have.length(tokenCount);
        return known;
    }

    /** The stack is whole: its tokens, one registration, and nothing for another run to do. */
    async function expectRegistered(tokenCount: number) {
        const known = await expectOrder(tokenCount);
        expect(known.filter((object) => object.startsWith("hub Secret "))).to.deep.equal([
            "hub Secret argocd/cluster-staging",
        ]);
        const preview = await pulumiWith(gated(), "staging", "preview", "--expect-no-changes");
        expect(preview.ok, preview.output).to.equal(true);
        const { data = {} } = await getObject("staging", "argocd-manager", "secret", await currentToken());
        const held = Buffer.from(data.token ?? "", "base64").toString("utf8");
        expect((await clusterSecret("staging")).config.bearerToken === held, "the hub holds the newest token").to.equal(true);
    }

    async function currentToken(): Promise<string> {
        const { output } = await pulumi("staging", "stack", "output", "clusters", "--json");
        return (JSON.parse(output) as { staging: { credential: { current: { secret: string } } } }).staging.credential
            .current.secret;
    }

    async function expectGone() {
        expect(await expectOrder(0)).to.deep.equal([]);
        expect(await namesOf("hub", "argocd", "secrets")).not.to.include("cluster-staging");
    }

    /** The stack file; behind the gate the API server has another URL, and the hub is to hold the true one. */
    function configure(credentials: object) {
        const { config, ...rest } = parse(committed) as { config: Config };
        const change = changedCluster("staging", (settings) => ({ ...settings, server, credentials }));
        fs.writeFileSync(stackFile, stringify({ ...rest, config: change(config) }));
    }

    /** A destroy that is killed at a moment is replaced by one that ends. */
    async function expectReplaced(moment: keyof typeof moments): Promise<void> {
        await kill(moment, "destroy");
        await recover(moment, "destroy");
        await expectGone();
    }

    it("in a rotation leaves a state from which the next run continues", async () => {
        configure({ generation: 2, retired: 0 });
        let moment: keyof typeof moments = "rotation: a new token is made, and the state does not know it";
        await kill(moment, "up");
        const output = await recover(moment);
        expect(output).to.match(/staging-manager-token-2 was interrupted: Secret \S+ on staging is this stack.s/);
        await expectOrder(2);

        moment = "rotation: the hub has the new token, and the state the old one";
        await kill(moment, "up");
        await recover(moment, "up");
        await expectRegistered(2);

        moment = "rotation: the old token is gone, and the state still has it";
        const rotate = { command: "npm", args: ["run", "--silent", "rotate", "--", "staging"], env: gated() };
        await killAt(gate, moments[moment], rotate);
        await recover(moment);
        await expectOrder(1);
        const rotated = await npmRun("rotate", gated(), "staging");
        expect(rotated.ok, rotated.output).to.equal(true);
        await expectRegistered(1);

        moment = "rotation: the old token is not deleted yet, and the outputs no longer have it";
        await killAt(gate, moments[moment], rotate);
        await recover(moment);
        await expectOrder(2);
        const finished = await npmRun("rotate", gated(), "staging");
        expect(finished.ok, finished.output).to.equal(true);
        expect(finished.output).not.to.include("gets token");
        await expectRegistered(1);
    });

    it("in the drain of a destroy, is replaced by a destroy that ends", async () => {
        await waitForApplications(["agent-staging"]);
        await expectReplaced("destroy: in the drain, when the hub has been told to take the agent away");
    });

    it("is not recovered while it is alive, nor if an object of another owner is in the way", async () => {
        configure({});
        const moment = "registration: before anything is made";
        await kill(moment, "up", async () => {
            const { ok, output } = await npmRun("recover", gated(), "staging");
            expect(ok).to.equal(false);
            expect(output).to.match(/staging is in use by process \d+ of/);
        });
        await kubectl("staging", ["create", "namespace", "argocd-manager"]);
        const refused = await npmRun("recover", gated(), "staging", "up");
        expect(refused.ok).to.equal(false);
        expect(refused.output).to.match(/Namespace argocd-manager on staging exists, and it names no stack/);
        expect(refused.output).to.match(/staging: nothing was changed/);
        await kubectl("staging", ["delete", "namespace", "argocd-manager"]);

        await recover(moment, "up");
        await expectRegistered(1);
    });

    it("after it has removed the registration, is replaced by a destroy that ends", async () => {
        await expectReplaced("destroy: the registration is gone, and the state still has it");
    });

    it("with an object created and not recorded, is replaced by an `up` that has it", async () => {
        const moment = "registration: the agent's namespace is made, and the state does not know it";
        await kill(moment, "up");
        const output = await recover(moment, "up");
        expect(output).to.match(/staging-agent-namespace was interrupted: Namespace agent on staging is this stack.s/);
        await expectRegistered(1);
    });

    it("after it has removed the token, is replaced by a destroy that ends", async () => {
        await expectReplaced("destroy: the token is gone, and the state still has it");
    });

    it("three times in one registration leaves one token and one registration", async () => {
        let moment: keyof typeof moments = "registration: the token is made, and the state does not know it";
        await kill(moment, "up");
        await recover(moment);
        await expectOrder(1);

        moment = "registration: the hub has the cluster, and the state does not know it";
        await kill(moment, "up");
        await recover(moment);
        await expectOrder(1);

        moment = "registration: while Argo CD connects";
        await kill(moment, "up");
        await recover(moment, "up");
        await expectRegistered(1);
        expect(await namesOf("hub", "argocd", "applications.argoproj.io")).not.to.include("connection-check-staging");
    });

    it("in the lift of a quarantine is replaced by a lift that ends", async () => {
        const args = ["staging", "--cluster", "staging"];
        const quarantined = await npmRun("quarantine", gated(), ...args);
        expect(quarantined.ok, quarantined.output).to.equal(true);
        const moment = "quarantine: the mark is lifted, and Argo CD's connection is not proved";
        await killAt(gate, moments[moment], {
            command: "npm",
            args: ["run", "--silent", "quarantine", "--", ...args, "--lift"],
            env: gated(),
        });
        await recover(moment);
        const lifted = await npmRun("quarantine", gated(), ...args, "--lift");
        expect(lifted.ok, lifted.output).to.equal(true);
        await expectRegistered(1);
    });

    it("with an incomplete state reports which copy to restore", async () => {
        const state = path.join(backendDir, ".pulumi", "stacks", "hubspoke", "staging.json");
        const whole = fs.readFileSync(state);
        fs.writeFileSync(state, whole.subarray(0, whole.length / 2));
        const { ok, output } = await npmRun("recover", gated(), "staging");
        fs.writeFileSync(state, whole);
        expect(ok).to.equal(false);
        expect(output).to.include(`the state of staging cannot be read: ${state}`).and.include(`cp ${state}.bak ${state}`);
    });

    it("leaves an environment that delivers", async () => {
        fs.writeFileSync(stackFile, committed);
        const { ok, output } = await pulumi("staging", "up", "--yes", "--skip-preview");
        expect(ok, output).to.equal(true);
        await waitForApplications(["agent-staging", "agent-prod", "agent-dr"]);
    });
});
