import * as path from "node:path";
import { labDir } from "../paths";

/** A lean control plane of the lab; also the name of its kubeconfig context. */
export type FleetCluster = `spoke-${string}`;

/** The folder of the lean control planes' files. */
export const fleetDir = path.join(labDir, "fleet");

/** The names of that many clusters: `spoke-001`, `spoke-002` and so on. */
export function fleetNames(count: number): FleetCluster[] {
    return Array.from({ length: count }, (_, index): FleetCluster => `spoke-${String(index + 1).padStart(3, "0")}`);
}

/** The folder of one cluster's certificates, keys and tokens. */
export function clusterFiles(cluster: FleetCluster) {
    const folder = path.join(fleetDir, cluster);
    return {
        folder,
        /** What the API server makes for itself: its certificate, and after it the one of its own authority. */
        serving: path.join(folder, "apiserver.crt"),
        ca: path.join(folder, "ca.crt"),
        accountKey: path.join(folder, "accounts.key"),
        tokens: path.join(folder, "tokens.csv"),
        kubeconfig: path.join(folder, "kubeconfig"),
    };
}
