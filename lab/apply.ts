import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import type { ClusterName } from "./clusters";
import type { FleetCluster } from "./fleet/names";
import { kubectl } from "./kubectl";

/** Applies objects on a cluster, like a person who runs `kubectl apply`. */
export async function applyByHand(cluster: ClusterName | FleetCluster, objects: readonly object[]): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-apply-"));
    const file = path.join(folder, "objects.yaml");
    try {
        fs.writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"), { mode: 0o600 });
        await kubectl(cluster, ["apply", `--filename=${file}`]);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
