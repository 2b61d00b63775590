import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { waitFor } from "../../lab/processes";
import type { StackName } from "../../lab/stacks/project";
import { changeCredential, lost } from "./support/credentialChange";
import { applicationOf } from "./support/delivery";
import { type Config, getObject, namesOf, pulumiOk, withConfig } from "./support/lab";
import { endSync, startSync } from "./support/syncing";

const up = (stack: StackName, ...more: string[]) => pulumiOk(stack, "up", "--yes", "--skip-preview", ...more);

/** Deletes the agent's Deployment on prod, which Argo CD makes again by a sync. */
async function deleteDeployment(): Promise<string> {
    const { uid } = (await getObject("prod", "agent", "deployment", "agent")).metadata;
    await kubectl("prod", ["delete", "deployment", "agent", "--namespace=agent"]);
    return uid;
}

async function another(uid: string): Promise<void> {
    await waitFor(
        "another Deployment on prod",
        async () => {
            const args = ["get", "deployment", "agent", "--namespace=agent", "--ignore-not-found", "--output=jsonpath={.metadata.uid}"];
            const now = await kubectl("prod", args);
            return now === "" || now === uid ? { seen: now || "none" } : { done: undefined };
        },
        { timeoutMs: 120_000 },
    );
}

const as = (impersonation: string) => (config: Config) => ({ ...config, "hubspoke:impersonation": impersonation });

describe("accounts for syncs on a spoke for which the hub holds no credential", () => {
    before(async () => {
        await changeCredential("prod", { type: "federated" });
    });

    it("are used by Argo CD, which is only a name there, and are all that a sync may do", async () => {
        await withConfig("hub", as("prepared"), async () => {
            await up("hub");
            for (const stack of ["staging", "prod", "dr"] as const) {
                await up(stack);
            }
        });
        expect(await namesOf("prod", "argocd-manager", "serviceaccounts")).to.include("agent");
        expect(await namesOf("prod", "argocd-manager", "secrets")).to.deep.equal([]);
        await withConfig("hub", as("on"), async () => {
            await up("hub");
            await another(await deleteDeployment());

            // Argo CD's own rights are all there; the sync has those of its account alone.
            await kubectl("prod", ["delete", "rolebinding", "argocd-manager-sync", "--namespace=agent"]);
            const uid = await deleteDeployment();
            await waitFor(
                "the refused sync",
                async () => {
                    const { status } = await applicationOf("prod");
                    const seen = JSON.stringify(status.operationState);
                    return /argocd-manager:agent\\+" cannot/.test(seen) ? { done: undefined } : { seen };
                },
                { timeoutMs: 120_000 },
            );
            await endSync("agent-prod");
            await up("prod", "--refresh");
            await startSync("agent-prod");
            await another(uid);
        });
    });

    it("go with the setting, and the token comes back: nothing is replaced", async () => {
        await up("hub");
        for (const stack of ["staging", "prod", "dr"] as const) {
            await up(stack);
        }
        const { replaced } = lost(await changeCredential("prod", { type: "token" }));
        expect(replaced).to.deep.equal([]);
        expect(await namesOf("prod", "argocd-manager", "serviceaccounts")).not.to.include("agent");
    });
});
