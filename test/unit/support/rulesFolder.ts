import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** Writes the rules of charts into the folder of {@link useRulesFolder}, by default such that allow nothing. */
export function writeRules(names: readonly string[], rules: readonly object[] = []): void {
    for (const name of names) {
        writeFileSync(path.join("rootDirectory/rules", `${name}.json`), JSON.stringify(rules));
    }
}

/** Runs each test of a suite in a folder with rules alone; `rootDirectory` is the project's folder for the mocks. */
export function useRulesFolder(write: () => void): void {
    const before = process.cwd();
    beforeEach(() => {
        process.chdir(mkdtempSync(path.join(tmpdir(), "rules-")));
        mkdirSync("rootDirectory/rules", { recursive: true });
        write();
    });
    afterEach(() => {
        rmSync(process.cwd(), { recursive: true });
        process.chdir(before);
    });
}
