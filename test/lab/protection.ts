import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { type Look, waitFor } from "../../lab/processes";
import { applicationOf, applicationSetStatus } from "./support/delivery";
import { getObject } from "./support/lab";

/** Writes a label of prod's cluster Secret, as somebody does by mistake; `deploy-` takes it away. */
async function label(change: string): Promise<void> {
    await kubectl("hub", ["label", "secret", "cluster-prod", change, "--overwrite", "--namespace=argocd"]);
}

/** Waits until the ApplicationSet reports an error that matches, or none. */
async function waitForReport(error: RegExp | undefined): Promise<void> {
    await waitFor(
        error === undefined ? "the ApplicationSet to report no error" : `the ApplicationSet to report ${String(error)}`,
        async (): Promise<Look<true>> => {
            const { conditions } = await applicationSetStatus();
            const report = conditions.find(({ type }) => type === "ErrorOccurred");
            const seen = `${report?.status}: ${report?.message}`;
            const asWanted = error === undefined ? report?.status === "False" : error.test(seen);
            return asWanted ? { done: true } : { seen };
        },
        { timeoutMs: 60_000 },
    );
}

describe("an Application of a protected environment", () => {
    for (const mistake of ["deploy-", "deploy=false"]) {
        it(`survives that prod's label is lost (${mistake}); the ApplicationSet says why, and heals`, async () => {
            const before = await applicationOf("prod");
            const workload = await getObject("prod", "agent", "deployment", "agent");
            await label(mistake);
            try {
                await waitForReport(/^True: .*agent-prod belongs to the protected environment prod/);
                const after = await applicationOf("prod");
                expect(after.metadata.uid).to.equal(before.metadata.uid);
                expect(after.metadata.deletionTimestamp).to.equal(undefined);
                const { metadata } = await getObject("prod", "agent", "deployment", "agent");
                expect(metadata.uid).to.equal(workload.metadata.uid);
            } finally {
                await label("deploy=true");
            }
            await waitForReport(undefined);
            expect((await applicationOf("prod")).metadata.uid).to.equal(before.metadata.uid);
        });
    }

    it("is not deleted by hand either, until it is annotated", async () => {
        const remove = ["delete", "application", "agent-prod", "--namespace=argocd", "--dry-run=server"];
        const refused = await kubectl("hub", remove).then(() => "deleted", (error: Error) => error.message);
        expect(refused).to.include("kubectl annotate application agent-prod hubspoke/allow-delete=true");
        const annotate = ["annotate", "application", "agent-prod", "--namespace=argocd"];
        await kubectl("hub", [...annotate, "hubspoke/allow-delete=true"]);
        try {
            expect(await kubectl("hub", remove)).to.include("deleted");
        } finally {
            await kubectl("hub", [...annotate, "hubspoke/allow-delete-"]);
        }
    });

    it("of an environment without protection is deleted immediately", async () => {
        const remove = ["delete", "application", "agent-staging", "--namespace=argocd", "--dry-run=server"];
        expect(await kubectl("hub", remove)).to.include("deleted");
    });
});
