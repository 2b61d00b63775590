import { expect } from "chai";
import { startArgoCd } from "../../lab/argocd";
import { kubectl } from "../../lab/kubectl";
import { waitFor } from "../../lab/processes";
import { expectedApplications } from "../../lab/stacks/overlay";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { waitForApplications } from "../../lab/waiting";
import { applicationOf, push, waitForState } from "./support/delivery";
import { type Config, getObject, npmRun, pulumi, pulumiOk, withConfig } from "./support/lab";
import { makeSigningKey, type SigningKey } from "./support/signingKey";

const values = "helm/values-staging.yaml";
const hubUp = () => pulumiOk("hub", "up", "--yes", "--skip-preview");

async function replicasOnStaging(): Promise<number> {
    return (await getObject("staging", "agent", "deployment", "agent")).spec?.replicas ?? 0;
}

/** As many replicas on staging, in Git. */
function replicas(count: number): Record<string, (text: string) => string> {
    return { [values]: (text) => text.replace(/^replicas: \d+$/m, `replicas: ${count}`) };
}

/** Waits until Argo CD has compared staging with the revision, and refuses it. */
async function waitForRefusal(revision: string, words: RegExp): Promise<void> {
    await waitFor(
        `Argo CD to refuse ${revision} on staging`,
        async () => {
            const { sync, conditions = [] } = (await applicationOf("staging")).status;
            const errors = conditions.map(({ type, message }) => `${type}: ${message}`).join("; ");
            const refused = sync.revision === revision && words.test(errors);
            return refused ? { done: true } : { seen: `${sync.status} ${sync.revision} ${errors}` };
        },
        { timeoutMs: 120_000, intervalMs: 500 },
    );
}

describe("a project that demands signed commits", () => {
    let key: SigningKey;
    let stranger: SigningKey;
    let settings: (config: Config) => Config;
    before(async () => {
        key = await makeSigningKey("release");
        stranger = await makeSigningKey("stranger");
        settings = (config) => ({ ...config, "hubspoke:sourceIntegrity": { keys: [key.publicKey] } });
        await withConfig("hub", settings, hubUp);
        await startArgoCd(() => undefined);
    });
    after(async () => {
        await hubUp();
        await startArgoCd(() => undefined);
        const annotation = "argocd.argoproj.io/refresh=hard";
        await kubectl("hub", ["annotate", "applications", "--all", "--namespace=argocd", "--overwrite", annotation]);
        await waitForApplications(expectedApplications());
        await Promise.all([key.remove(), stranger.remove()]);
    });

    it("says so in the form of its version of Argo CD, and no more in the other", async () => {
        const spec = ["get", "appproject", "agent", "--namespace=argocd", "--output=jsonpath={.spec}"];
        const { sourceIntegrity, signatureKeys } = JSON.parse(await kubectl("hub", spec)) as Record<string, unknown>;
        const gpg = { mode: "head", keys: [key.id] };
        expect(sourceIntegrity).to.deep.equal({ git: { policies: [{ repos: [{ url: "*" }], gpg }] } });
        expect(signatureKeys).to.equal(undefined);
        const keyring = await getObject("hub", "argocd", "configmap", "argocd-gpg-keys-cm");
        expect(Object.keys(keyring.data ?? {})).to.deep.equal([key.id]);
        await withConfig("hub", settings, async () => {
            const { ok, output } = await pulumi("hub", "preview", "--expect-no-changes");
            expect(ok, output).to.equal(true);
        });
    });

    it("refuses a commit without a signature, and one by a key that it does not name; what runs goes on", async () => {
        const before = await replicasOnStaging();
        const unsigned = await push(replicas(before + 1));
        await waitForRefusal(unsigned, /ComparisonError: GIT\/GPG: Failed verifying revision .*unsigned/);
        const strange = await push({ [values]: (text) => `${text}\n# by a stranger\n` }, stranger);
        await waitForRefusal(strange, /ComparisonError: GIT\/GPG: Failed verifying revision .*key/);
        expect(await replicasOnStaging()).to.equal(before);
        expect((await applicationOf("staging")).status.health.status).to.equal("Healthy");
    });

    it("promotes none of them", async () => {
        const { ok, output } = await npmRun("promote", pulumiEnvironment(), "--from", "staging", "--to", "prod");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/staging is not Synced and Healthy[^]*GIT\/GPG: Failed verifying revision/);
    });

    it("delivers a signed commit", async () => {
        const wanted = (await replicasOnStaging()) + 2;
        const revision = await push(replicas(wanted), key);
        await waitForState("staging", { revision, sync: "Synced", health: "Healthy" });
        expect((await applicationOf("staging")).status.conditions ?? []).to.deep.equal([]);
        expect(await replicasOnStaging()).to.equal(wanted);
    });
});
