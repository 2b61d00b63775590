import * as path from "node:path";
import { catalogue } from "./catalogue";
import { extras } from "./extras";
import { moduleFiles } from "./goModule";
import { inLabVersion } from "./versions";

/**
 * The folder that holds `manifests/ha/install.yaml`, `manifests/crds` and the `hack/*.sh` wrappers of Argo CD's own Go
 * module, in the version that this lab runs.
 */
export async function argoCdManifests(report?: (line: string) => void): Promise<string> {
    const { version, module } = inLabVersion(catalogue.find((tool) => tool.name === "argocd")!);
    return moduleFiles(
        {
            what: "Argo CD's manifests",
            module: "github.com/argoproj/argo-cd/v3",
            version: `v${version}`,
            toolchain: module,
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

/** Go modules with CRDs, as lab/toolchain/crds pins them. */
const crdModules = [
    {
        what: "the Prometheus operator's CRDs",
        module: "github.com/prometheus-operator/prometheus-operator",
        version: "v0.85.0",
        name: "prometheus-operator",
        wanted: ["servicemonitors", "prometheusrules", "probes"].map(
            (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
        ),
    },
    {
        what: "the Gateway API's CRDs",
        module: "sigs.k8s.io/gateway-api",
        version: "v1.7.0",
        name: "gateway-api",
        wanted: ["config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"],
    },
];

/** Files with the CRDs of every kind that the program or its chart makes and Kubernetes itself does not know. */
export async function otherCrds(report?: (line: string) => void): Promise<string[]> {
    const secrets = await externalSecretsManifests(report);
    const files = [path.join(secrets, "config/crds/bases/external-secrets.io_externalsecrets.yaml")];
    for (const { name, ...source } of crdModules) {
        const target = `${name}-${source.version}`;
        const folder = await moduleFiles({ ...source, toolchain: "crds", target }, report);
        files.push(...source.wanted.map((file) => path.join(folder, file)));
    }
    return files;
}
