import { argoCdCliEnvironment } from "../argocd/login";
import { pulumiEnvironment } from "../stacks/environment";

/** Prints exports after which plain `pulumi`, `kubectl` and `argocd` work on the lab, from any folder. */
export function env(): void {
    const variables = { ...pulumiEnvironment(), ...argoCdCliEnvironment };
    for (const [name, value] of Object.entries(variables)) {
        process.stdout.write(`export ${name}='${value.replaceAll("'", `'\\''`)}'\n`);
    }
}
