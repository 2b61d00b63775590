import * as pulumi from "@pulumi/pulumi";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { helmNamespaceAnnotation, helmReleaseAnnotation } from "../clusters/names";
import { ask, find } from "../clusters/request";
import { certManagerChart, certManagerNamespace } from "../components/argoCd/certManager";
import type { HubSettings } from "../settings/hub";

/** The API group of cert-manager, and one of its CRDs. */
const group = "cert-manager.io";
const certificatesCrd = "apis/apiextensions.k8s.io/v1/customresourcedefinitions/certificates.cert-manager.io";

/** What is seen of cert-manager on a hub. */
export interface CertManagerFacts {
    /** Whether the hub serves its API. */
    readonly served: boolean;
    /** Helm release of its CRDs, as `namespace/name`; nothing without CRDs or without the right to read them. */
    readonly release: string | undefined;
    /** Whether the namespace exists that the program would make, and whether Pulumi made it. */
    readonly namespace: "missing" | "pulumi" | "others";
}

/**
 * Judges whether the certificate settings fit what the hub has. CRDs that an earlier installation of this program left
 * are no obstacle: they carry the name of its release.
 *
 * @returns what a first `up` installs, for the preview; nothing where that is known already
 * @throws Error that names the setting, and the way to use a cert-manager of others
 */
export function judgeCertManager(
    certificates: HubSettings["certificates"],
    { served, release, namespace }: CertManagerFacts,
): string | undefined {
    if (certificates.issuer === "none") {
        return undefined;
    }
    const own = "certManager" in certificates ? certificates.certManager : undefined;
    if (own?.source !== "install") {
        if (!served) {
            const setting = own === undefined ? "issuer" : "certManager.source";
            throw new Error(
                `hubspoke:certificates.${setting}: is "existing", and the hub has no cert-manager. Install it, or write ` +
                    (own === undefined ? 'issuer "own" or "acme"' : '"install"'),
            );
        }
        return undefined;
    }
    const foreignRelease = release !== undefined && release !== `${certManagerNamespace}/cert-manager`;
    if (foreignRelease || namespace === "others") {
        const seen = foreignRelease
            ? `its CRDs belong to ${release}`
            : `the namespace ${certManagerNamespace} is not of this program`;
        throw new Error(
            `hubspoke:certificates.certManager.source: is "install", and the hub seems to have a cert-manager: ${seen}. ` +
                'Write "existing" to use it, with its namespace, or certificates.issuer "existing" to use an issuer of it',
        );
    }
    return namespace === "missing"
        ? `hubspoke:certificates: issuer "${certificates.issuer}" installs cert-manager ` +
              `${own.path ?? own.version ?? certManagerChart.version} for the whole hub, in the namespace ` +
              `${certManagerNamespace}. To use another one: certificates.certManager.source "existing"`
        : undefined;
}

interface Owned {
    readonly metadata: {
        readonly annotations?: Readonly<Record<string, string>>;
        readonly managedFields?: readonly { readonly manager?: string }[];
    };
}

/**
 * Checks the certificate settings against the hub, and says in the preview what a first `up` installs.
 *
 * @param groups names of the API groups that the hub serves
 * @throws Error as {@link judgeCertManager}
 */
export async function checkCertManager(
    hub: ClusterAddress,
    { certificates }: Pick<HubSettings, "certificates">,
    groups: readonly string[],
): Promise<void> {
    if (certificates.issuer === "none") {
        return;
    }
    const served = groups.includes(group);
    const [release, namespace] = await Promise.all([
        served ? releaseOfCrds(hub) : undefined,
        find<Owned>(hub, `api/v1/namespaces/${certManagerNamespace}`),
    ]);
    const note = judgeCertManager(certificates, {
        served,
        release,
        namespace: namespace === undefined ? "missing" : isOfPulumi(namespace) ? "pulumi" : "others",
    });
    if (note !== undefined) {
        await pulumi.log.info(note);
    }
}

/** The Helm release of cert-manager's CRDs; an identity that only previews may have no right to read them. */
async function releaseOfCrds(hub: ClusterAddress): Promise<string | undefined> {
    const { status, body } = await ask(hub, certificatesCrd);
    if (status !== 200) {
        return undefined;
    }
    const { annotations = {} } = (JSON.parse(body) as Owned).metadata;
    const name = annotations[helmReleaseAnnotation];
    return name === undefined ? "no Helm release" : `${annotations[helmNamespaceAnnotation]}/${name}`;
}

/** Whether Pulumi's Kubernetes provider made an object: it writes as the field manager `pulumi-kubernetes-<id>`. */
function isOfPulumi({ metadata: { managedFields = [] } }: Owned): boolean {
    return managedFields.some(({ manager = "" }) => manager.startsWith("pulumi-kubernetes"));
}
