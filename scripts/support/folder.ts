import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Runs a function with a temporary folder that only this user can read, and then deletes the folder. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hubspoke-"));
    try {
        return await work(folder);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
