import { expect } from "chai";
import { bringUpHub } from "./support/hub";
import { all, encode, everything, one, unwrapSecret } from "./support/mocks";

const certManager = "kubernetes-cert-manager:index:CertManager";
const clusterIssuer = "kubernetes:cert-manager.io/v1:ClusterIssuer";
const certificate = "kubernetes:cert-manager.io/v1:Certificate";
const gateway = "kubernetes:gateway.networking.k8s.io/v1:Gateway";

describe("the hub's certificate", () => {
    it("comes from an authority of the hub's own by default, and goes where argocd-server looks for it", async () => {
        await bringUpHub({});
        expect(one(certificate, "entrance-certificate").inputs).to.deep.include({
            metadata: { name: "argocd-server", namespace: "argocd" },
            spec: {
                secretName: "argocd-server-tls",
                dnsNames: ["argocd.example.com"],
                privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
                issuerRef: { name: "hub", kind: "ClusterIssuer", group: "cert-manager.io" },
            },
        });
        expect(one(clusterIssuer, "certificates-hub").inputs.spec).to.deep.equal({ ca: { secretName: "hub-authority" } });
        expect(one(certificate, "certificates-authority").inputs.spec).to.deep.include({
            isCA: true,
            secretName: "hub-authority",
            issuerRef: { name: "hub-root", kind: "ClusterIssuer", group: "cert-manager.io" },
        });
        expect(all(gateway)).to.deep.equal([]);
    });

    it("installs cert-manager with two of each part, and CRDs that outlive it", async () => {
        await bringUpHub({});
        const { inputs } = one(certManager, "certificates-cert-manager");
        const two = { replicaCount: 2, podDisruptionBudget: { enabled: true, minAvailable: 1 } };
        expect(inputs).to.deep.equal({
            installCRDs: true,
            helmOptions: {
                name: "cert-manager",
                namespace: "cert-manager",
                repositoryOpts: { repo: "https://charts.jetstack.io" },
                version: "v1.21.2",
                values: { ...two, webhook: two, cainjector: two, crds: { keep: true } },
            },
        });
    });

    it("comes from ACME with a DNS solver whose credential is a secret", async () => {
        const dns01 = { cloudflare: { apiTokenSecretRef: { name: "acme-dns", key: "token" } } };
        await bringUpHub({
            certificates: { issuer: "acme", email: "ops@example.com", solver: { dns01 }, dnsSecret: { token: "hunter2" } },
        });
        expect(one(clusterIssuer, "certificates-hub").inputs.spec).to.deep.equal({
            acme: {
                email: "ops@example.com",
                server: "https://acme-v02.api.letsencrypt.org/directory",
                privateKeySecretRef: { name: "acme-account" },
                solvers: [{ dns01 }],
            },
        });
        const { inputs } = one("kubernetes:core/v1:Secret", "certificates-dns");
        expect(inputs.metadata).to.deep.equal({ name: "acme-dns", namespace: "cert-manager" });
        expect(unwrapSecret(inputs.data)).to.deep.equal({ token: encode("hunter2") });
        expect(all(clusterIssuer)).to.have.length(1);
    });

    it("comes from ACME with an HTTP solver of the Ingress's class", async () => {
        const solver = { http01: { class: "nginx" } };
        await bringUpHub({ certificates: { issuer: "acme", email: "ops@example.com", solver } });
        expect(one(clusterIssuer, "certificates-hub").inputs).to.have.deep.nested.property("spec.acme.solvers", [
            { http01: { ingress: { ingressClassName: "nginx" } } },
        ]);
    });

    it("comes from an issuer that is there, and installs nothing", async () => {
        await bringUpHub({ certificates: { issuer: "existing", clusterIssuer: "ours" } });
        const { inputs } = one(certificate, "entrance-certificate");
        expect(inputs).to.have.nested.property("spec.issuerRef.name", "ours");
        expect([...all(certManager), ...all(clusterIssuer)]).to.deep.equal([]);
    });

    it("is none where TLS ends elsewhere", async () => {
        await bringUpHub({ certificates: { issuer: "none" } });
        expect(everything().filter(({ type }) => type.includes("cert-manager"))).to.deep.equal([]);
    });

    it("is what a Gateway of the settings' class serves for that host alone", async () => {
        await bringUpHub({ ingress: { kind: "gateway", class: "envoy" } });
        const { inputs, provider } = one(gateway, "entrance-gateway");
        expect(provider).to.equal("hub");
        expect(inputs).to.deep.include({
            metadata: { name: "argocd", namespace: "argocd" },
            spec: {
                gatewayClassName: "envoy",
                listeners: [
                    {
                        name: "https",
                        hostname: "argocd.example.com",
                        port: 443,
                        protocol: "HTTPS",
                        tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: "argocd-server-tls" }] },
                        allowedRoutes: { namespaces: { from: "Same" } },
                    },
                ],
            },
        });
    });
});
