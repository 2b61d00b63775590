import * as fs from "node:fs";
import * as path from "node:path";
import { toolCache } from "../paths";

/** Saves a command's whole output, and gives words that say where; none on a full disk. */
export function saveLog(name: string, output: string): string {
    const file = path.join(toolCache, "logs", `${name}.log`);
    try {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, output);
        return `(log: ${file})`;
    } catch {
        return "";
    }
}
