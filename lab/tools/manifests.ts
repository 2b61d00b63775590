import { catalogue } from "./catalogue";
import { extras } from "./extras";
import { moduleFiles } from "./goModule";

/**
 * The folder that holds `manifests/ha/install.yaml`, `manifests/crds` and the `hack/*.sh` wrappers of Argo CD's own Go
 * module, in the catalogue's version.
 */
export async function argoCdManifests(report?: (line: string) => void): Promise<string> {
    const { version } = catalogue.find((tool) => tool.name === "argocd")!;
    return moduleFiles(
        {
            what: "Argo CD's manifests",
            module: "github.com/argoproj/argo-cd/v3",
            version: `v${version}`,
            toolchain: "kubernetes",
            wanted: ["manifests/ha/install.yaml", "manifests/crds", "hack/git-verify-wrapper.sh", "hack/gpg-wrapper.sh"],
            target: `argo-cd-${version}`,
        },
        report,
    );
}

/** The folder that holds the CRDs (`config/crds/bases`) and the chart of the External Secrets operator. */
export async function externalSecretsManifests(report?: (line: string) => void): Promise<string> {
    const { version } = extras.find((tool) => tool.name === "external-secrets")!;
    return moduleFiles(
        {
            what: "the External Secrets operator's chart and CRDs",
            module: "github.com/external-secrets/external-secrets",
            version: `v${version}`,
            toolchain: "external-secrets",
            wanted: ["config/crds/bases", "deploy/charts/external-secrets"],
            target: `external-secrets-${version}`,
        },
        report,
    );
}
