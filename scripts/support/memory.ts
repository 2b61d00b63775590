import * as os from "node:os";

/**
 * Memory for new processes on this machine, in bytes.
 *
 * On macOS it is half of the whole memory: Node counts only pages that hold nothing, a few hundred MB on every Mac, and
 * not those that the system gives back on demand.
 */
export function memoryForProcesses(platform: NodeJS.Platform = process.platform): number {
    return platform === "darwin" ? os.totalmem() / 2 : process.availableMemory();
}
