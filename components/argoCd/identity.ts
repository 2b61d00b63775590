import type { Cloud, IdentitySettings } from "../../settings/identity";

/** Clouds at which Argo CD has an identity. */
export function cloudsOf(identity: IdentitySettings): Cloud[] {
    const clouds: readonly Cloud[] = ["aws", "gcp", "azure"];
    return clouds.filter((cloud) => identity[cloud] !== undefined);
}

/**
 * Annotations of the ServiceAccounts and labels of the pods that connect to spokes with the identity. These are the
 * application controller and argocd-server; the ApplicationSet controller only reads the cluster Secrets.
 *
 * Sources: AWS, "Assign IAM roles to Kubernetes service accounts"; Google Cloud, "Authenticate to Google Cloud APIs
 * from GKE workloads"; Azure Workload Identity, "Service account labels and annotations".
 */
export function identityValues({ aws, gcp, azure }: IdentitySettings) {
    const annotations = {
        ...(aws?.roleArn !== undefined && { "eks.amazonaws.com/role-arn": aws.roleArn }),
        ...(gcp?.serviceAccount !== undefined && { "iam.gke.io/gcp-service-account": gcp.serviceAccount }),
        ...(azure?.clientId !== undefined && { "azure.workload.identity/client-id": azure.clientId }),
        ...(azure?.tenantId !== undefined && { "azure.workload.identity/tenant-id": azure.tenantId }),
    };
    const component = {
        ...(Object.keys(annotations).length > 0 && { serviceAccount: { annotations } }),
        ...(azure !== undefined && { podLabels: { "azure.workload.identity/use": "true" } }),
    };
    return Object.keys(component).length === 0 ? {} : { controller: component, server: component };
}
