import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { labDir, projectRoot } from "./paths";
import { projectDir } from "./stacks/environment";
import { labVersion } from "./tools";

/** The sources of the lab's state: the program, its settings, and the chart that it delivers. */
const sources = [
    ...[
        ...["start", "index.ts", "settings", "clusters", "components", "dynamic", "preflight", "helm"],
        ...["package-lock.json", "Pulumi.yaml"],
    ].map((name) => path.join(projectRoot, name)),
    projectDir,
];

const fingerprintFile = path.join(labDir, "fingerprint");

/** Whether the lab was brought up from the present state of these files, and in these versions. */
export function isUpToDate(): boolean {
    return fs.existsSync(fingerprintFile) && fs.readFileSync(fingerprintFile, "utf8") === fingerprint();
}

/** Records that the lab is up with the present state of these files. */
export function rememberUp(): void {
    fs.writeFileSync(fingerprintFile, fingerprint());
}

/** Deletes the record before any change: an interrupted run then never counts as a finished one. */
export function forgetUp(): void {
    fs.rmSync(fingerprintFile, { force: true });
}

function fingerprint(): string {
    const hash = createHash("sha256").update(`${labVersion("argoCd")} ${labVersion("kubernetes")}\0`);
    for (const file of sources.flatMap(filesOf).sort()) {
        hash.update(file).update("\0").update(fs.readFileSync(file)).update("\0");
    }
    return hash.digest("hex");
}

function filesOf(entry: string): string[] {
    if (!fs.statSync(entry).isDirectory()) {
        return [entry];
    }
    return fs.readdirSync(entry).flatMap((name) => filesOf(path.join(entry, name)));
}
