import * as os from "node:os";
import * as path from "node:path";

/** The project's root: the folder of Pulumi.yaml. */
export const projectRoot = path.resolve(__dirname, "..");

/** Name of this lab. Labs of different names run side by side; the tests use their own. */
export const labName = validName(process.env.LAB_NAME ?? "default");

/** The state of this lab: kubeconfig, stacks, logs, recorded process ids. Ignored by Git. */
export const labDir = path.join(projectRoot, ".lab", labName);

/** Kubeconfig with one context for each cluster: hub, staging, prod, dr. */
export const kubeconfigPath = path.join(labDir, "kubeconfig");

/** One log file for each process of the lab. */
export const logDir = path.join(labDir, "logs");

/** Built tools, shared by all labs and checkouts of this user. */
export const toolCache = path.join(userCache(), "hubspoke-lab");

/** The name is the name of a folder that `lab:down` removes, so it cannot be a path. */
function validName(name: string): string {
    if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) {
        throw new Error(`LAB_NAME="${name}" is not a valid name. Write at most 31 lower-case letters, digits and dashes`);
    }
    return name;
}

function userCache(): string {
    if (process.env.XDG_CACHE_HOME) {
        return process.env.XDG_CACHE_HOME;
    }
    return process.platform === "darwin"
        ? path.join(os.homedir(), "Library", "Caches")
        : path.join(os.homedir(), ".cache");
}
