import { argoCdValues } from "../../../components/argoCd/values";
import { parseSettings } from "../../../settings";
import type { HubSettings } from "../../../settings/hub";
import { everyService } from "../../unit/support/notifications";
import { type KubeObject, type Workload, workloads } from "./objects";
import { argoCdCharts, type Chart, render } from "./render";

export const notificationsController = "argocd-notifications-controller";
export const controller = "argocd-application-controller";
export const clientsOfRedis = [controller, "argocd-server", "argocd-repo-server"];

/** Settings with which Argo CD notifies people. */
export const notified = { alerts: { notifications: everyService } };

/** The settings of a hub with what it cannot be without, and with these. */
export function settingsOf(more: Record<string, unknown>): HubSettings {
    const agent = { repository: "https://git.example.com/agent.git" };
    return parseSettings({
        role: "hub", cluster: { context: "hub" }, domain: "example.com", agent, ...more,
    }) as HubSettings;
}

/** One hub, rendered with the real chart. */
export class Rendered {
    private constructor(
        readonly settings: HubSettings,
        readonly objects: readonly KubeObject[],
        readonly workloads: readonly Workload[],
    ) {}

    static async from(chart: Chart, more: Record<string, unknown>): Promise<Rendered> {
        const settings = settingsOf(more);
        const objects = await render(chart, argoCdValues({ settings, serviceMonitors: false }));
        return new Rendered(settings, objects, workloads(objects));
    }

    workload(name: string): Workload {
        const found = this.workloads.find((workload) => workload.name === name);
        if (found === undefined) {
            throw new Error(`no workload ${name}; there are: ${this.workloads.map((each) => each.name).join(", ")}`);
        }
        return found;
    }

    configMap(name: string): Readonly<Record<string, string>> {
        return this.objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === name)?.data ?? {};
    }
}

/** Tests each version of the real chart. */
export function testCharts(what: string, tests: (chart: Chart) => void): void {
    for (const chart of argoCdCharts()) {
        describe(`${what}, with the real chart ${chart.name}`, function () {
            this.timeout(60_000);
            tests(chart);
        });
    }
}
