import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { readApplications } from "../../lab/argocd";
import { managedByLabel, manager } from "../../clusters/names";
import { kubectl } from "../../lab/kubectl";
import { labDir } from "../../lab/paths";
import { type Look, waitFor } from "../../lab/processes";
import { projectDir } from "../../lab/stacks/environment";
import { argoCdSession } from "../../lab/session";
import { waitForApplications } from "../../lab/waiting";
import { hubSettingsIn, render, renderCommitted } from "../../scripts/generate/render";
import { applicationOf } from "./support/delivery";
import { pulumiOk } from "./support/lab";

const inArgoCd = "--namespace=argocd";

async function applicationNames(): Promise<string[]> {
    return (await readApplications(await argoCdSession())).map(({ name }) => name);
}

/** Applies a rendered file as it is but for the repository, which is the lab's own. */
async function apply(file: string): Promise<void> {
    const text = render(hubSettingsIn(path.join(projectDir, "Pulumi.hub.yaml")))[file];
    const other = /^(\s*)(repoURL:|-) http.*\.git$/gm;
    expect(text?.replace(other, "$1$2")).to.equal(renderCommitted()[file]?.replace(other, "$1$2"));
    const target = path.join(labDir, file);
    fs.writeFileSync(target, text ?? "");
    await kubectl("hub", ["apply", "--filename", target]);
}

/** Removes the program's ApplicationSet with all that it delivered, as if there had never been one. */
async function removeEverything(): Promise<void> {
    await kubectl("hub", ["annotate", "applications", "--all", inArgoCd, "hubspoke/allow-delete=true"]);
    await kubectl("hub", ["delete", "applicationset", "agent", inArgoCd, "--timeout=50s"]);
    await waitFor(
        "all Applications to be gone",
        async (): Promise<Look<true>> => {
            const names = await applicationNames();
            return names.length === 0 ? { done: true } : { seen: names.join(", ") };
        },
        { timeoutMs: 60_000 },
    );
}

describe("the manifests in argocd/, applied with kubectl only", () => {
    before(removeEverything);

    it("deliver only to staging, as a careful first step", async () => {
        await apply("agent-staging-only-appset.yaml");
        await waitForApplications(["agent-staging"]);
        expect(await applicationNames()).to.deep.equal(["agent-staging"]);
    });

    it("then to prod and dr too, and leave staging as it is", async () => {
        const { uid } = (await applicationOf("staging")).metadata;
        await apply("agent-multi-cluster-appset.yaml");
        await waitForApplications(["agent-staging", "agent-prod", "agent-dr"]);
        expect((await applicationOf("staging")).metadata.uid).to.equal(uid);
    });

    it("are like the hub's stack's objects, which also select the Secrets of its own stacks only", async () => {
        const byHand = await Promise.all([specOf("applicationset"), specOf("appproject")]);
        await pulumiOk("hub", "up", "--refresh", "--yes", "--skip-preview");
        const own = await Promise.all([specOf("applicationset"), specOf("appproject")]);
        const labels = own[0].generators?.[0]?.clusters.selector.matchLabels ?? {};
        expect(labels[managedByLabel]).to.equal(manager);
        delete labels[managedByLabel];
        expect(own).to.deep.equal(byHand);
    });
});

interface Spec {
    readonly generators?: readonly {
        readonly clusters: { readonly selector: { matchLabels: Record<string, string> } };
    }[];
}

async function specOf(kind: "applicationset" | "appproject"): Promise<Spec> {
    const json = await kubectl("hub", ["get", kind, "agent", inArgoCd, "--output=json"]);
    return (JSON.parse(json) as { spec: Spec }).spec;
}
