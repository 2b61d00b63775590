import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import type { HubSettings } from "../../settings/hub";
import { defaultRelease } from "./adoption";
import type { ArgoCdValues } from "./names";

/** Secret with the certificate of Redis' proxies, which cert-manager writes. */
const secretName = "argocd-redis-tls";

/** cert-manager's file with the key and the certificate in one, as HAProxy reads them. */
const keyName = "tls-combined.pem";

const mountPath = "/app/config/redis-tls";
const volume = "redis-tls";

/**
 * TLS between Argo CD and the proxies of Redis, which the chart can: HAProxy ends TLS, and speaks plainly to Redis
 * behind it, where the chart's policies let nothing else in (docs/security.md, "Redis and TLS").
 */
export function redisTlsValues(redisTls: boolean): ArgoCdValues {
    if (!redisTls) {
        return {};
    }
    const client = {
        extraArgs: ["--redis-use-tls", `--redis-ca-certificate=${mountPath}/ca.crt`],
        volumes: [{ name: volume, secret: { secretName, items: [{ key: "ca.crt", path: "ca.crt" }] } }],
        volumeMounts: [{ name: volume, mountPath, readOnly: true }],
    };
    return {
        controller: client,
        server: client,
        repoServer: client,
        "redis-ha": { haproxy: { tls: { enabled: true, secretName, keyName } } },
    };
}

/**
 * The certificate, before the release whose pods mount it. It signs itself: Argo CD trusts exactly this one. HAProxy
 * and Argo CD read it at their start and never again, so it lives for ten years.
 */
export function redisCertificate(
    name: string,
    namespace: pulumi.Input<string>,
    { adoptedRelease = defaultRelease }: Pick<HubSettings, "adoptedRelease">,
    opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
    const apiVersion = "cert-manager.io/v1";
    const metadata = { name: secretName, namespace };
    const issuer = new CustomResource(
        `${name}-issuer`,
        { apiVersion, kind: "Issuer", metadata, spec: { selfSigned: {} } },
        opts,
    );
    // The name of the Service by which Argo CD calls the proxies: the chart makes it from the release's.
    const service = `${adoptedRelease}-redis-ha-haproxy`;
    return new CustomResource(
        `${name}-certificate`,
        {
            apiVersion,
            kind: "Certificate",
            metadata,
            spec: {
                secretName,
                commonName: service,
                dnsNames: [service],
                duration: "87600h",
                privateKey: { algorithm: "ECDSA", size: 256 },
                additionalOutputFormats: [{ type: "CombinedPEM" }],
                issuerRef: { name: issuer.metadata.name, kind: "Issuer", group: "cert-manager.io" },
            },
        },
        opts,
    );
}
