import { catalogue } from "./catalogue";
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
