import type * as pulumi from "@pulumi/pulumi";
import type { IngressSettings } from "../../settings/certificates";
import { serverTlsSecret } from "./certManager";

/** Name of the Gateway that the program creates in Argo CD's namespace. */
const gatewayName = "argocd";

/**
 * The Ingress or HTTPRoute. It terminates TLS with the certificate in `argocd-server-tls`, so argocd-server serves
 * plain HTTP, and the `argocd` command needs `--grpc-web`. Without either, argocd-server uses that certificate itself.
 *
 * @param tls whether that certificate exists; without it, TLS ends before the Ingress, for example at a load balancer
 */
export function ingressValues(settings: IngressSettings, domain: string, tls: boolean) {
    if (settings === undefined) {
        return {};
    }
    const configs = { params: { "server.insecure": true } };
    switch (settings.kind) {
        case "ingress":
            return {
                configs,
                server: {
                    ingress: {
                        enabled: true,
                        ingressClassName: settings.class,
                        annotations: settings.annotations,
                        hostname: domain,
                        tls,
                    },
                },
            };
        case "gateway":
            return {
                configs,
                server: {
                    httproute: {
                        enabled: true,
                        parentRefs: [{ name: gatewayName, sectionName: "https" }],
                        hostnames: [domain],
                    },
                },
            };
    }
}

/** The Gateway: only HTTPS, for that host, with the hub's certificate. */
export function gateway(namespace: pulumi.Input<string>, gatewayClassName: string, hostname: string) {
    return {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "Gateway",
        metadata: { name: gatewayName, namespace },
        spec: {
            gatewayClassName,
            listeners: [
                {
                    name: "https",
                    hostname,
                    port: 443,
                    protocol: "HTTPS",
                    tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: serverTlsSecret }] },
                    allowedRoutes: { namespaces: { from: "Same" } },
                },
            ],
        },
    };
}
