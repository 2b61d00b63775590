import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { projectRoot } from "../paths";

describe("the lab on Windows", () => {
    it("is refused by each of its commands, with the way that works", () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hubspoke-platform-"));
        try {
            const pretend = path.join(folder, "windows.cjs");
            fs.writeFileSync(pretend, 'Object.defineProperty(process, "platform", { value: "win32" });\n');
            const main = path.join(projectRoot, "lab", "main.ts");
            const args = ["--import", "tsx", "--require", pretend, main, "status"];
            const { status, stderr } = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: "utf8" });
            expect(stderr).to.match(/^the lab does not run on Windows: .*\. Run it in WSL 2 \(https:\S+\)\n$/);
            expect(status).to.equal(1);
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });
});
