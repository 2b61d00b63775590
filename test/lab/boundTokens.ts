import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { waitFor } from "../../lab/processes";
import { run } from "../../lab/processes/run";
import { projectRoot } from "../../lab/paths";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { inFolder } from "../../scripts/support/folder";
import { announced, broughtUp, changeCredential, lost } from "./support/credentialChange";
import { clusterSecret, getObject, namesOf, npmRun, pulumiOk } from "./support/lab";
import { noteSecret } from "./support/secrets";
import { askWith, withTimes } from "./support/token";

const deployments = "/apis/apps/v1/namespaces/agent/deployments";

interface Claims {
    readonly exp: number;
    readonly iat: number;
    readonly "kubernetes.io": { readonly secret: { readonly name: string } };
}

/** The token for staging on the hub: itself, its claims, and a request with it. */
async function hubsToken() {
    const { server, config } = await clusterSecret("staging");
    const { bearerToken: token, tlsClientConfig } = config;
    noteSecret("a token of staging", token);
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as Claims;
    const { caData } = tlsClientConfig;
    const answer = async (other = token) => (await askWith({ server, caData, token: other }, deployments)).status;
    return { token, claims, answer };
}

/** Waits for a token to be refused: an API server caches an accepted one for some seconds. */
async function refused({ answer }: { answer: () => Promise<number> }): Promise<void> {
    const look = async () => {
        const status = await answer();
        return status === 401 ? { done: undefined } : { seen: `answer ${status}` };
    };
    const began = Date.now();
    await waitFor("the token to be refused", look, { timeoutMs: 60_000 });
    process.stdout.write(`      the old token is refused after ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
}

interface StateResource {
    readonly type: string;
    outputs?: Record<string, unknown>;
}

/** Makes the renewal of staging's token due in its state, as time does. */
async function makeDue(): Promise<void> {
    await inFolder(async (folder) => {
        const file = path.join(folder, "state.json");
        await pulumiOk("staging", "stack", "export", "--file", file);
        const state = JSON.parse(fs.readFileSync(file, "utf8")) as { deployment: { resources: StateResource[] } };
        const [token] = state.deployment.resources.filter(({ type }) => type === "pulumi-nodejs:dynamic/hubspoke:boundToken");
        expect(token?.outputs).to.include.keys("created", "expires", "renewAfter");
        Object.assign(token?.outputs ?? {}, { renewAfter: new Date(Date.now() - 1).toISOString() });
        fs.writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
        await pulumiOk("staging", "stack", "import", "--file", file);
    });
}

describe("a token that ends", () => {
    it("takes the place of one that never ends: access stays on the way, and the old token dies", async () => {
        const old = await hubsToken();
        expect(await old.answer()).to.equal(200);
        const operations = await changeCredential("staging", { type: "token", lifetime: "10m" });
        expect(lost(operations)).to.deep.equal({
            replaced: [],
            deleted: ["staging-manager-token-1", "staging-manager-token-1-suffix"],
        });
        expect(await (await hubsToken()).answer()).to.equal(200);
        await refused(old);
    });

    it("is bound to the Secret of its generation, which is empty, and ends when the server says", async () => {
        const { claims } = await hubsToken();
        const [secret = "", ...others] = await namesOf("staging", "argocd-manager", "secrets");
        expect(others).to.deep.equal([]);
        expect(claims["kubernetes.io"].secret.name).to.equal(secret);
        expect((await getObject("staging", "argocd-manager", "secret", secret)).data).to.equal(undefined);
        expect(claims.exp - claims.iat).to.equal(600);
        const { metadata } = await getObject("hub", "argocd", "secret", "cluster-staging");
        const { "hubspoke/credential-since": since = "", "hubspoke/credential-expires": expires = "" } = metadata.annotations ?? {};
        expect([Date.parse(since) / 1000, Date.parse(expires) / 1000]).to.deep.equal([claims.iat, claims.exp]);
        const { data } = await getObject("hub", "argocd", "configmap", "probe-staging");
        expect(data?.["rules.yaml"]).to.match(/hubspoke:credential:lifetime\s+expr: vector\(600\)/);
        expect(await announced("staging")).to.deep.equal({});
    });

    it("is dead when it has ended: an API server allows a minute for clocks that differ", async () => {
        const { token, answer } = await hubsToken();
        const now = Math.floor(Date.now() / 1000);
        const times = { iat: now - 670, nbf: now - 670 };
        expect(await answer(withTimes("staging", token, { ...times, exp: now + 60 }))).to.equal(200);
        expect(await answer(withTimes("staging", token, { ...times, exp: now - 70 }))).to.equal(401);
    });

    it("is renewed by an `up` after half of its life, which a preview shows, and which is no drift", async () => {
        const before = await hubsToken();
        await makeDue();
        const told = await announced("staging");
        expect(told).to.deep.equal({
            "staging-manager-token-bound-1-issued": "update",
            "staging-access": "update",
            "staging-cluster-secret": "update",
            "staging-connection": "update",
            "staging-probes-files": "update",
        });
        await inFolder(async (folder) => {
            const drift = await run("bash", [".ci/drift", "staging", folder], { cwd: projectRoot, env: pulumiEnvironment() });
            expect(drift.output).to.include("staging has no drift.");
        });
        expect(await broughtUp("staging")).to.deep.equal(told);
        const after = await hubsToken();
        expect(after.token).not.to.equal(before.token);
        expect(after.claims["kubernetes.io"].secret.name).to.equal(before.claims["kubernetes.io"].secret.name);
        expect(await after.answer()).to.equal(200);
        expect(await announced("staging")).to.deep.equal({});
    });

    it("is rotated although its renewal is due, and the deletion of its Secret revokes it", async () => {
        const before = await hubsToken();
        await makeDue();
        const { ok, output } = await npmRun("rotate", pulumiEnvironment(), "staging");
        expect(ok, output).to.equal(true);
        expect(output).to.match(/Argo CD uses token 2 on staging\n.*staging refuses token 1; it is retired/s);
        expect(await before.answer()).to.equal(401);
        const after = await hubsToken();
        expect(await after.answer()).to.equal(200);
        expect(after.claims["kubernetes.io"].secret.name).not.to.equal(before.claims["kubernetes.io"].secret.name);
        await pulumiOk("staging", "preview", "--expect-no-changes");
    });

    it("gives way to one that never ends, and dies", async () => {
        const before = await hubsToken();
        const operations = await changeCredential("staging", { type: "token", generation: 3, retired: 2 });
        const names = ["", "-issued", "-suffix"].map((part) => `staging-manager-token-bound-2${part}`);
        expect(lost(operations)).to.deep.equal({ replaced: [], deleted: names });
        await refused(before);
        const after = await hubsToken();
        expect(after.claims).not.to.have.property("exp");
        expect(await after.answer()).to.equal(200);
    });
});
