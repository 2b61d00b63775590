import * as path from "node:path";
import { labDir } from "../paths";
import { bundleScript, type ProcessSpec } from "../processes";

/**
 * A process that serves Argo CD's Redis on a loopback port.
 *
 * @param name of the process, and of its log
 */
export async function redisProcess(name: string, port: number, password: string): Promise<ProcessSpec> {
    const script = path.join(labDir, "redis.cjs");
    await bundleScript(path.join(__dirname, "main.ts"), script);
    return {
        name,
        command: process.execPath,
        args: [script, String(port)],
        env: { REDIS_PASSWORD: password },
        ports: [port],
    };
}
