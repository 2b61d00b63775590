import * as fs from "node:fs";
import * as path from "node:path";
import { toolCache } from "../paths";
import { run, withLock } from "../processes";
import { moduleDir } from "./cache";
import { catalogue } from "./catalogue";
import { checkGo, goEnvironment } from "./go";

const argoCdModule = "github.com/argoproj/argo-cd/v3";

/** What the lab needs of the module, relative to its root. */
const wanted = ["manifests/ha/install.yaml", "manifests/crds", "hack/git-verify-wrapper.sh", "hack/gpg-wrapper.sh"];

/**
 * The folder that holds `manifests/ha/install.yaml`, `manifests/crds` and the `hack/*.sh` wrappers of
 * Argo CD's own Go module, in the catalogue's version. They are copied into the tool cache once, out
 * of the module that go.sum vouches for, so later runs need neither Go nor its module cache.
 */
export async function argoCdManifests(report: (line: string) => void = () => undefined): Promise<string> {
    const { version } = catalogue.find((tool) => tool.name === "argocd")!;
    const target = path.join(toolCache, `argo-cd-${version}`);
    if (fs.existsSync(target)) {
        return target;
    }
    const options = { purpose: "fetching Argo CD's manifests", timeoutMs: 300_000, report };
    return withLock(path.join(toolCache, "manifests"), options, async () => {
        if (!fs.existsSync(target)) {
            const source = await downloadModule(`v${version}`);
            copyReadable(source, target);
        }
        return target;
    });
}

async function downloadModule(version: string): Promise<string> {
    await checkGo();
    const { ok, stdout, output } = await run("go", ["mod", "download", "-json", argoCdModule], {
        cwd: moduleDir("kubernetes"),
        env: goEnvironment,
        timeoutMs: 240_000,
    });
    const module = (stdout === "" ? {} : JSON.parse(stdout)) as { Dir?: string; Version?: string; Error?: string };
    if (!ok || !module.Dir) {
        throw new Error(
            `cannot fetch ${argoCdModule}, which holds Argo CD's manifests: check the network and GOPROXY ` +
                `(\`go env GOPROXY\`) and run again\n${module.Error ?? output}`,
        );
    }
    if (module.Version !== version) {
        throw new Error(`lab/toolchain pins Argo CD ${module.Version}, the catalogue of tools ${version}: make them equal`);
    }
    return module.Dir;
}

/** Copies complete or not at all; the module cache's read-only modes are not kept. */
function copyReadable(source: string, target: string): void {
    const temporary = `${target}.${process.pid}.tmp`;
    for (const file of wanted) {
        for (const leaf of leaves(source, file)) {
            const copy = path.join(temporary, leaf);
            fs.mkdirSync(path.dirname(copy), { recursive: true });
            fs.writeFileSync(copy, fs.readFileSync(path.join(source, leaf)), {
                mode: leaf.endsWith(".sh") ? 0o755 : 0o644,
            });
        }
    }
    fs.renameSync(temporary, target);
}

function leaves(root: string, file: string): string[] {
    if (!fs.statSync(path.join(root, file)).isDirectory()) {
        return [file];
    }
    return fs.readdirSync(path.join(root, file)).flatMap((entry) => leaves(root, path.join(file, entry)));
}
