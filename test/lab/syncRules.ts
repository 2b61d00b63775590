import { expect } from "chai";
import { syncWindows } from "../../components/applications/rollout";
import { kubectl } from "../../lab/kubectl";
import { type Look, waitFor } from "../../lab/processes";
import { argoCdSession } from "../../lab/session";
import { waitForApplications } from "../../lab/waiting";
import { applicationOf, push, waitForState } from "./support/delivery";
import { getObject } from "./support/lab";

const values = "helm/values-staging.yaml";
const inAgent = "--namespace=agent";

/** A change of the configuration, back and forth. */
const logLevel = (level: string) => (text: string) => text.replace(/^( {2}LOG_LEVEL:) \w+$/m, `$1 ${level}`);

/** The AppProject with windows, as the hub's stack writes them. */
async function setWindows(windows: Parameters<typeof syncWindows>[1]): Promise<void> {
    const all = syncWindows("agent", windows);
    const patch = JSON.stringify({ spec: { syncWindows: all.length === 0 ? null : all } });
    await kubectl("hub", ["patch", "appproject", "agent", "--namespace=argocd", "--type=merge", `--patch=${patch}`]);
}

/** What Argo CD tells a user: whether staging's Application may be synced, and the windows that are open. */
async function windowsOfStaging(): Promise<{ canSync?: boolean; activeWindows?: { kind: string }[] }> {
    const session = await argoCdSession();
    if ("unavailable" in session) {
        throw new Error(session.unavailable);
    }
    return (await session.get("/api/v1/applications/agent-staging/syncwindows")) as Awaited<
        ReturnType<typeof windowsOfStaging>
    >;
}

/** Has Argo CD compare staging's Application once more, to the end. */
async function compareAgain(): Promise<void> {
    const annotation = "argocd.argoproj.io/refresh";
    await kubectl("hub", ["annotate", "application", "agent-staging", "--namespace=argocd", `${annotation}=normal`]);
    await waitFor("Argo CD to have compared agent-staging", async (): Promise<Look<true>> => {
        const { metadata } = (await applicationOf("staging")) as unknown as {
            metadata: { annotations?: Record<string, string> };
        };
        return metadata.annotations?.[annotation] === undefined ? { done: true } : { seen: "not yet" };
    }, { timeoutMs: 60_000, intervalMs: 200 });
}

async function waitForReplicas(wanted: number): Promise<void> {
    await waitFor(`${wanted} replicas on staging`, async (): Promise<Look<true>> => {
        const { spec } = await getObject("staging", "agent", "deployment", "agent");
        return spec?.replicas === wanted ? { done: true } : { seen: `${spec?.replicas}` };
    }, { timeoutMs: 90_000, intervalMs: 500 });
}

describe("a sync window that denies", () => {
    after(async () => {
        await setWindows({});
        await waitForApplications(["agent-staging"]);
    });

    it("blocks an automated sync of staging, which Argo CD shows; after its end, staging syncs", async () => {
        const always = { schedule: "* * * * *", duration: "1h", timeZone: "UTC", manualSync: false };
        await setWindows({ staging: [{ kind: "deny", ...always }] });
        const before = (await applicationOf("staging")).status.operationState.startedAt;
        const revision = await push({ [values]: logLevel("warning") });
        await waitForState("staging", { sync: "OutOfSync", revision });
        await compareAgain();
        expect((await applicationOf("staging")).status.operationState.startedAt).to.equal(before);
        const seen = await windowsOfStaging();
        expect(seen.canSync ?? false).to.equal(false);
        expect(seen.activeWindows?.map(({ kind }) => kind)).to.deep.equal(["deny"]);

        await setWindows({});
        // Argo CD looks at the windows when it compares, which no change of a window makes it do.
        await compareAgain();
        await waitForState("staging", { sync: "Synced", health: "Healthy", revision });
        const { data } = await getObject("staging", "agent", "configmap", "agent");
        expect(data?.LOG_LEVEL).to.equal("warning");
    });
});

describe("the number of replicas", () => {
    let inGit: number;
    const scale = (replicas: number) =>
        kubectl("staging", ["scale", "deployment", "agent", `--replicas=${replicas}`, inAgent]);

    before(async () => {
        inGit = (await getObject("staging", "agent", "deployment", "agent")).spec?.replicas ?? 0;
    });

    after(async () => {
        await kubectl("staging", ["delete", "hpa", "by-hand", inAgent, "--ignore-not-found"]);
        await scale(inGit);
        await waitForApplications(["agent-staging"]);
    });

    it("that an autoscaler set does not change, and is not a difference", async () => {
        const [min, max] = [inGit + 2, inGit + 3];
        await kubectl("staging", [
            "autoscale", "deployment", "agent", "--name=by-hand", `--min=${min}`, `--max=${max}`, "--cpu=80%", inAgent,
        ]);
        await waitForReplicas(min);
        const before = (await applicationOf("staging")).status.operationState.startedAt;
        await compareAgain();
        await waitForState("staging", { sync: "Synced" });
        expect((await applicationOf("staging")).status.operationState.startedAt).to.equal(before);
        await waitForReplicas(min);
    });

    it("that a person set is reset to the number in Git", async () => {
        await kubectl("staging", ["delete", "hpa", "by-hand", inAgent]);
        await scale(inGit + 4);
        await waitForReplicas(inGit);
    });
});
