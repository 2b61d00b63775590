import * as path from "node:path";
import { labDir } from "../paths";
import type { Report } from "../phases";
import { withLock } from "../processes";

export type { Report };

const lockLimitMs = 300_000;

/** Work on a lab's clusters excludes other work on them, also by other runs. */
export function withClusters<T>(purpose: string, report: Report, work: () => Promise<T>): Promise<T> {
    return withLock(path.join(labDir, "clusters.work"), { purpose, timeoutMs: lockLimitMs, report }, work);
}
