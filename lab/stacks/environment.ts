import * as path from "node:path";
import { kubeconfigPath, labDir } from "../paths";

/** The overlay project: this program's own Pulumi.yaml and stack files, with the lab's settings over them. */
export const projectDir = path.join(labDir, "project");

/** State of the lab's stacks; the user's own backend does not change. */
export const backendDir = path.join(labDir, "state");

/** Home of the lab's Pulumi CLI, with its plugins. */
export const pulumiHome = path.join(labDir, "pulumi");

/** Folder of the lab's tools; first on PATH. */
export const binDir = path.join(labDir, "bin");

/** File with the passphrase for the secrets of the lab's stacks. */
export const passphraseFile = path.join(labDir, "passphrase");

/** Environment variables with which a plain `pulumi` works on the lab's stacks from any folder. */
export function pulumiEnvironment(): Record<string, string> {
    return {
        PATH: `${binDir}${path.delimiter}${process.env.PATH ?? ""}`,
        KUBECONFIG: kubeconfigPath,
        PULUMI_BACKEND_URL: `file://${backendDir}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
        PULUMI_HOME: pulumiHome,
        // The CLI reads every flag from PULUMI_OPTION_<FLAG> too (pkg/v3/cmd/pulumi/pulumi.go); this is --cwd.
        PULUMI_OPTION_CWD: projectDir,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // The lab's stack files stay, unlike a pipeline's: `npm run fleet -- up` may write the shards of new clusters.
        CI: "",
    };
}
