import { expect } from "chai";
import type { ClusterName } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import { projectRoot } from "../../lab/paths";
import { run } from "../../lab/processes/run";
import { waitFor } from "../../lab/processes";
import { argoCdSession } from "../../lab/session";
import { stackNames } from "../../lab/stacks/project";
import type { State } from "../../scripts/support/state";
import { statesBefore } from "../unit/support/statesBefore";
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

/** What the credential may do in the agent's namespace, and to whom it is given. */
async function rulesOn(cluster: ClusterName): Promise<unknown> {
    const names = ["role/argocd-manager", "rolebinding/argocd-manager"];
    const json = await kubectl(cluster, ["get", ...names, "--namespace", "agent", "--output=json"]);
    const { items } = JSON.parse(json) as { items: { rules?: unknown; roleRef?: unknown; subjects?: unknown }[] };
    return items.map(({ rules, roleRef, subjects }) => ({ rules, roleRef, subjects }));
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
    it("have nothing to change in a second preview of each", async () => {
        const previews = stackNames.map((stack) => pulumi(stack, "preview", "--expect-no-changes"));
        for (const { ok, output } of await Promise.all(previews)) {
            expect(ok, output).to.equal(true);
            expect(output).to.match(/\d+ unchanged/);
        }
    });

    it("have every resource of the last version, by its URN and id: nothing would be replaced", async () => {
        for (const stack of stackNames) {
            const { deployment } = JSON.parse(await pulumiOk(stack, "stack", "export")) as State;
            const now = new Map((deployment.resources ?? []).map(({ urn, id }) => [urn, id]));
            for (const { urn, id } of statesBefore[stack]) {
                expect([...now.keys()]).to.include(urn);
                // The name of a token's Secret ends in letters drawn by chance.
                if (id !== undefined && !id.endsWith("*")) {
                    expect(now.get(urn), urn).to.equal(id);
                }
            }
        }
    });

    it("are already up for a second `npm run lab`", async () => {
        const { ok, output } = await npmRun("lab");
        expect(ok, output).to.equal(true);
        expect(output).to.include("The lab is already up");
    });

    it("work with plain pulumi, kubectl and argocd after the exports of `npm run lab:env`", async () => {
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

    const damages = [
        {
            stack: "staging",
            what: "an object that was deleted",
            command: ["delete", "rolebinding"],
            found: /1 deleted/,
            mended: /1 created/,
        },
        {
            stack: "dr",
            what: "a Role whose rules were changed",
            command: ["patch", "role", "--type=json", '--patch=[{"op":"remove","path":"/rules/0"}]'],
            found: /1 updated/,
            mended: /:Role dr-manager-agent-role updated/,
        },
    ] as const;
    for (const { stack, what, command, found, mended } of damages) {
        it(`find ${what} by hand, restore it, and make Argo CD read the cluster again`, async () => {
            const before = Date.parse(await refreshOf(`cluster-${stack}`));
            const rules = await rulesOn(stack);
            await kubectl(stack, [...command, "argocd-manager", "--namespace", "agent"]);
            expect(await pulumiOk(stack, "refresh", "--yes", "--skip-preview")).to.match(found);
            expect(await pulumiOk(stack, "up", "--yes", "--skip-preview")).to.match(mended);
            expect(await rulesOn(stack)).to.deep.equal(rules);
            const { ok, output } = await pulumi(stack, "preview", "--expect-no-changes");
            expect(ok, output).to.equal(true);

            // What was forbidden meanwhile is gone from Argo CD's cache: it is told to read the cluster anew, and does.
            // It is told a time rounded up to a whole second, and tells its own rounded down.
            const told = Date.parse(await refreshOf(`cluster-${stack}`));
            expect(told).to.be.greaterThan(before);
            await waitFor(
                `Argo CD to read ${stack} anew`,
                async () => {
                    const read = await lastCacheSync(stack);
                    return Date.parse(read) >= told - 1000 ? { done: true } : { seen: `${read}, told ${told}` };
                },
                { timeoutMs: 60_000 },
            );
        });
    }
});
