import { expect } from "chai";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { clusterSecret, npmRun, pulumiOk } from "./support/lab";
import { whileSyncing } from "./support/syncing";
import { askWith } from "./support/token";

/** Asks a spoke with a token alone. */
async function answers(server: string, caData: string, token: string): Promise<number> {
    return (await askWith({ server, caData, token }, "/apis/apps/v1/namespaces/agent/deployments")).status;
}

interface Outputs {
    readonly prod: { readonly credential: { current: { generation: number; created: string }; previous?: unknown } };
}

describe("a rotation", () => {
    it("replaces the token while an Application is synced every second, and none of these syncs fails", async () => {
        const before = await clusterSecret("prod");
        const ca = before.config.tlsClientConfig.caData;
        const began = Date.now();
        const syncs = await whileSyncing("agent-prod", async () => {
            const { ok, output } = await npmRun("rotate", pulumiEnvironment(), "prod");
            expect(ok, output).to.equal(true);
            expect(output).to.match(/Argo CD works on prod with token 2\n.*prod refuses token 1; it is retired/s);
        });
        const seconds = (Date.now() - began) / 1000;
        process.stdout.write(`      ${syncs.succeeded} syncs in ${seconds.toFixed(0)} s of rotation\n`);
        expect(syncs.failures).to.deep.equal([]);
        expect(syncs.succeeded).to.be.greaterThan(5);

        const after = await clusterSecret("prod");
        expect(after.config.bearerToken).not.to.equal(before.config.bearerToken);
        expect(await answers(before.server, ca, before.config.bearerToken)).to.equal(401);
        expect(await answers(after.server, ca, after.config.bearerToken)).to.equal(200);
        const { prod } = JSON.parse(await pulumiOk("prod", "stack", "output", "clusters", "--json")) as Outputs;
        expect(prod.credential.current.generation).to.equal(2);
        expect(Date.parse(prod.credential.current.created)).to.be.greaterThan(began - 2000);
        expect(prod.credential).not.to.have.property("previous");
    });
});
