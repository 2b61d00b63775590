import { expect } from "chai";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../lab/paths";

const files = ["scripts", "dynamic"].flatMap((folder) =>
    readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => path.join(folder, file)),
);

describe("an import of a module of scripts/ or dynamic/", () => {
    it("does nothing by itself: it prints nothing, and sets no exit code", async function () {
        this.timeout(120_000);
        expect(files.length).to.be.greaterThan(100);
        const written: string[] = [];
        const { stdout, stderr } = process;
        const writes = [stdout.write.bind(stdout), stderr.write.bind(stderr)] as const;
        const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
        Object.assign(stdout, { write });
        Object.assign(stderr, { write });
        try {
            for (const file of files) {
                await import(path.join(projectRoot, file));
            }
            await new Promise((resolve) => setImmediate(resolve));
        } finally {
            Object.assign(stdout, { write: writes[0] });
            Object.assign(stderr, { write: writes[1] });
        }
        expect(written).to.deep.equal([]);
        expect(process.exitCode).to.equal(undefined);
    });
});
