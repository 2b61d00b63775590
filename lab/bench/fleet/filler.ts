import * as https from "node:https";
import { send } from "../../../clusters/https";
import { fleetServer } from "../../fleet/api";
import { inParallel } from "../../../scripts/support/inParallel";
import type { FleetCluster } from "../../fleet/names";

const target = "/api/v1/namespaces/agent/configmaps";
const label = { "hubspoke/bench": "filler" };

/** Two kilobytes, as in CNOE's measurement (docs/scale.md). */
const data = { text: "x".repeat(2_000) };

/** Creates ConfigMaps in the agent's namespace, which Argo CD caches and no Application has. */
export async function fill(names: readonly FleetCluster[], from: number, to: number): Promise<void> {
    await inParallel(names, 4, async (name) => {
        const { url, ca, token } = fleetServer(name);
        const agent = new https.Agent({ keepAlive: true });
        const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
        for (let index = from; index < to; index++) {
            const body = { metadata: { name: `filler-${index}`, labels: label }, data };
            const options = { method: "POST", headers, ca, agent };
            const { status } = await send(new URL(url + target), options, 10_000, JSON.stringify(body));
            if (status !== 201 && status !== 409) {
                throw new Error(`a ConfigMap of ${name} answers ${status}`);
            }
        }
        agent.destroy();
    });
}

/** Deletes them. */
export async function empty(names: readonly FleetCluster[]): Promise<void> {
    await inParallel(names, 4, async (name) => {
        const { url, ca, token } = fleetServer(name);
        const selected = new URL(`${url}${target}?labelSelector=${encodeURIComponent("hubspoke/bench=filler")}`);
        const headers = { authorization: `Bearer ${token}` };
        await send(selected, { method: "DELETE", headers, ca, agent: false }, 60_000);
    });
}
