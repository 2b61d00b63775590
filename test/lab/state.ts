import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { projectRoot } from "../../lab/paths";
import { run } from "../../lab/processes/run";
import { waitFor } from "../../lab/processes";
import { argoCdSession } from "../../lab/session";
import { stackNames } from "../../lab/stacks/project";
import { clusterSecret, getObject, npmRun, pulumi, pulumiOk } from "./support/lab";

async function refreshOf(secret: string): Promise<string> {
    const { metadata } = await getObject("hub", "argocd", "secret", secret);
    return metadata.annotations?.["argocd.argoproj.io/refresh"] ?? "";
}

interface ClusterList {
    readonly items: readonly {
        readonly name: string;
        readonly info: { readonly cacheInfo?: { readonly lastCacheSyncTime?: string } };
    }[];
}

/** When the application controller last read a whole cluster. */
async function lastCacheSync(cluster: string): Promise<string> {
    const session = await argoCdSession();
    if ("unavailable" in session) {
        throw new Error(session.unavailable);
    }
    const { items } = (await session.get("/api/v1/clusters")) as ClusterList;
    return items.find(({ name }) => name === cluster)?.info.cacheInfo?.lastCacheSyncTime ?? "";
}

describe("the stacks, once up", () => {
    for (const stack of stackNames) {
        it(`have nothing to change in a second preview of ${stack}`, async () => {
            const { ok, output } = await pulumi(stack, "preview", "--expect-no-changes");
            expect(ok, output).to.equal(true);
            expect(output).to.match(/\d+ unchanged/);
        });
    }

    it("are found up by a second `npm run lab`", async () => {
        const { ok, output } = await npmRun("lab");
        expect(ok, output).to.equal(true);
        expect(output).to.include("The lab is up already");
    });

    it("answer to plain pulumi, kubectl and argocd after the exports of `npm run lab:env`", async () => {
        const script = [
            'eval "$(npm run --silent lab:env)"',
            "pulumi -s staging stack output",
            "kubectl --context prod --namespace agent get deployment agent --output=name",
            "argocd app list --output=name",
            "argocd cluster list --output=server",
        ].join(" && ");
        const { ok, output } = await run("bash", ["-c", script], { cwd: projectRoot, timeoutMs: 120_000 });
        expect(ok, output).to.equal(true);
        expect(output).to.match(/clusters .*cluster-staging/);
        expect(output).to.include("deployment.apps/agent");
        expect(output).to.include("argocd/agent-dr");
        expect(output).to.include((await clusterSecret("prod")).server);
    });

    it("find an object that was deleted by hand, and put it back", async () => {
        const before = Date.parse(await refreshOf("cluster-staging"));
        await kubectl("staging", ["delete", "rolebinding", "argocd-manager", "--namespace", "agent"]);
        expect(await pulumiOk("staging", "refresh", "--yes", "--skip-preview")).to.match(/1 deleted/);
        expect(await pulumiOk("staging", "up", "--yes", "--skip-preview")).to.match(/1 created/);
        const binding = await getObject("staging", "agent", "rolebinding", "argocd-manager");
        expect(binding.metadata.name).to.equal("argocd-manager");
        const { ok, output } = await pulumi("staging", "preview", "--expect-no-changes");
        expect(ok, output).to.equal(true);

        // What was forbidden meanwhile is gone from Argo CD's cache: it is told to read the cluster anew, and does.
        const told = Date.parse(await refreshOf("cluster-staging"));
        expect(told).to.be.greaterThan(before);
        await waitFor(
            "Argo CD to read staging anew",
            async () => {
                const read = await lastCacheSync("staging");
                return Date.parse(read) >= told ? { done: true } : { seen: read };
            },
            { timeoutMs: 60_000 },
        );
    });
});
