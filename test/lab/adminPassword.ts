import { expect } from "chai";
import { findArgoCd } from "../../lab/argocd";
import { openSession } from "../../lab/argocd/api";
import { waitFor } from "../../lab/processes";
import { adminPassword } from "../../lab/stacks/pulumi";
import type { State } from "../../scripts/support/state";
import { getObject, pulumiOk } from "./support/lab";
import { noteSecret } from "./support/secrets";

async function passwordTime(): Promise<string> {
    const { data = {} } = await getObject("hub", "argocd", "secret", "argocd-secret");
    return Buffer.from(data["admin.passwordMtime"] ?? "", "base64").toString("utf8");
}

async function urnOf(name: string): Promise<string> {
    const { deployment } = JSON.parse(await pulumiOk("hub", "stack", "export")) as State;
    const urn = deployment.resources?.map((resource) => resource.urn).find((each) => each.endsWith(`::${name}`));
    if (urn === undefined) {
        throw new Error(`the hub's state has no resource ${name}`);
    }
    return urn;
}

describe("a replaced password of the admin", () => {
    const serverUrl = () => findArgoCd()?.serverUrl ?? "argocd-server does not run";
    const isLoggedIn = async (token: string) => {
        const headers = { authorization: `Bearer ${token}` };
        return (await fetch(`${serverUrl()}/api/v1/applications`, { headers })).status === 200;
    };

    it("ends the sessions of the old one, and an `up` without a new password ends none", async () => {
        const before = await passwordTime();
        await pulumiOk("hub", "up", "--yes", "--skip-preview");
        expect(await passwordTime()).to.equal(before);

        const old = await adminPassword();
        noteSecret("the admin's old password", old);
        const session = await openSession(serverUrl(), "admin", old);
        expect(await isLoggedIn(session)).to.equal(true);

        await pulumiOk("hub", "up", "--yes", "--skip-preview", "--replace", await urnOf("argocd-admin-password"));
        expect(Date.parse(await passwordTime())).to.be.greaterThan(Date.parse(before));
        await waitFor(
            "argocd-server to refuse the session from before",
            async () => ((await isLoggedIn(session)) ? { seen: "it accepts it" } : { done: true }),
            { timeoutMs: 30_000 },
        );
        const next = await openSession(serverUrl(), "admin", await adminPassword());
        expect(await isLoggedIn(next)).to.equal(true);
        const refusal = await openSession(serverUrl(), "admin", old).catch((reason: Error) => reason.message);
        expect(refusal).to.match(/answered 401/);
        await pulumiOk("hub", "preview", "--expect-no-changes");
    });
});
