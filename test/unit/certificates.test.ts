import { expect } from "chai";
import { type CertManagerFacts, checkCertManager, judgeCertManager } from "../../preflight/certManager";
import { bringUpHub, hubSettings } from "./support/hub";
import { all, encode, everything, one, unwrapSecret } from "./support/mocks";
import { objectStore, type StoredObject } from "./support/objectStore";
import { told } from "./support/told";

const certManagerType = "kubernetes-cert-manager:index:CertManager";
const clusterIssuer = "kubernetes:cert-manager.io/v1:ClusterIssuer";
const certificate = "kubernetes:cert-manager.io/v1:Certificate";
const gateway = "kubernetes:gateway.networking.k8s.io/v1:Gateway";

const ingress = { kind: "ingress", class: "nginx" };

describe("the hub's certificate", () => {
    it("comes from the hub's own CA by default, and is where argocd-server reads it", async () => {
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

    it("installs cert-manager with two replicas of each part, and CRDs that remain after it", async () => {
        await bringUpHub({});
        const { inputs } = one(certManagerType, "certificates-cert-manager");
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
        await bringUpHub({ certificates: { issuer: "acme", email: "ops@example.com", solver }, ingress });
        expect(one(clusterIssuer, "certificates-hub").inputs).to.have.deep.nested.property("spec.acme.solvers", [
            { http01: { ingress: { ingressClassName: "nginx" } } },
        ]);
    });

    it("comes from a cert-manager that is there, in the namespace where that reads an issuer's Secrets", async () => {
        const certManager = { source: "existing", namespace: "kube-addons" };
        await bringUpHub({ certificates: { issuer: "own", certManager } });
        expect(all(certManagerType)).to.deep.equal([]);
        expect(all("kubernetes:core/v1:Namespace").map(({ name }) => name)).to.deep.equal(["argocd-namespace"]);
        expect(one(certificate, "certificates-authority").inputs).to.have.nested.property("metadata.namespace", "kube-addons");
        expect(all(clusterIssuer).map(({ name }) => name)).to.have.members(["certificates-hub-root", "certificates-hub"]);
        const dns01 = { route53: {} };
        const acme = { issuer: "acme", email: "ops@example.com", solver: { dns01 }, dnsSecret: { token: "hunter2" } };
        await bringUpHub({ certificates: { ...acme, certManager: { source: "existing" } } });
        expect(one("kubernetes:core/v1:Secret", "certificates-dns").inputs).to.have.nested.property(
            "metadata.namespace", "cert-manager",
        );
    });

    it("lets an Ingress controller reach the solver of HTTP-01 and nothing else, where there may be one", async () => {
        const acme = (solver: object) => ({ issuer: "acme", email: "ops@example.com", solver });
        const cases: [object, number][] = [
            [acme({ http01: { class: "nginx" } }), 1],
            [{ issuer: "existing", clusterIssuer: "ours" }, 1],
            [acme({ dns01: { route53: {} } }), 0],
            [{ issuer: "own" }, 0],
            [{ issuer: "none" }, 0],
        ];
        for (const [certificates, count] of cases) {
            await bringUpHub({ certificates, ingress });
            const policies = all("kubernetes:networking.k8s.io/v1:NetworkPolicy");
            expect(policies.map(({ name }) => name), JSON.stringify(certificates)).to.deep.equal(
                count === 0 ? [] : ["entrance-http01-solver"],
            );
            for (const { inputs, provider } of policies) {
                expect(provider).to.equal("hub");
                expect(inputs.metadata).to.deep.equal({ name: "acme-http01-solver", namespace: "argocd" });
                expect(inputs.spec).to.deep.equal({
                    podSelector: { matchLabels: { "acme.cert-manager.io/http01-solver": "true" } },
                    policyTypes: ["Ingress"],
                    ingress: [{ ports: [{ protocol: "TCP", port: 8089 }] }],
                });
            }
        }
    });

    it("comes from an existing issuer, and installs nothing", async () => {
        await bringUpHub({ certificates: { issuer: "existing", clusterIssuer: "ours" } });
        const { inputs } = one(certificate, "entrance-certificate");
        expect(inputs).to.have.nested.property("spec.issuerRef.name", "ours");
        expect([...all(certManagerType), ...all(clusterIssuer)]).to.deep.equal([]);
    });

    it("does not exist if TLS ends elsewhere", async () => {
        await bringUpHub({ certificates: { issuer: "none" } });
        expect(everything().filter(({ type }) => type.includes("cert-manager"))).to.deep.equal([]);
    });

    it("is served by a Gateway of the settings' class, only for that host", async () => {
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

describe("a cert-manager on the hub", () => {
    const bare: CertManagerFacts = { served: false, release: undefined, namespace: "missing" };
    const ours: CertManagerFacts = { served: true, release: "cert-manager/cert-manager", namespace: "pulumi" };
    const judge = (certificates: object, facts: CertManagerFacts) =>
        judgeCertManager(hubSettings({ certificates }).certificates, facts);
    const existing = { issuer: "own", certManager: { source: "existing" } };

    it("is told of in the preview that installs it, and not again", () => {
        const installs = (version: string) =>
            `hubspoke:certificates: issuer "own" installs cert-manager ${version} for the whole hub, in the namespace ` +
            'cert-manager. To use another one: certificates.certManager.source "existing"';
        expect(judge({ issuer: "own" }, bare)).to.equal(installs("v1.21.2"));
        expect(judge({ issuer: "own", certManager: { version: "v1.20.0" } }, bare)).to.equal(installs("v1.20.0"));
        expect(judge({ issuer: "own", certManager: { path: "./chart" } }, bare)).to.equal(installs("./chart"));
        expect(judge({ issuer: "own" }, ours)).to.equal(undefined);
        expect(judge({ issuer: "none" }, bare)).to.equal(undefined);
    });

    it("may have left its CRDs after an earlier installation, which the next one takes over", () => {
        expect(judge({ issuer: "own" }, { ...ours, namespace: "missing" })).to.include("installs cert-manager");
        expect(judge({ issuer: "own" }, { ...ours, release: undefined })).to.equal(undefined);
    });

    const foreign: Record<string, CertManagerFacts> = {
        "of another release": { served: true, release: "kube-addons/certs", namespace: "missing" },
        "of plain manifests": { served: true, release: "no Helm release", namespace: "others" },
        "of the same release by Helm": { served: true, release: "cert-manager/cert-manager", namespace: "others" },
        "in the namespace alone": { ...bare, namespace: "others" },
    };
    for (const [name, facts] of Object.entries(foreign)) {
        it(`that others made is never installed over: ${name}`, () => {
            const refused = /^hubspoke:certificates\.certManager\.source: is "install".*Write "existing" to use it/;
            expect(() => judge({ issuer: "own" }, facts)).to.throw(refused);
            expect(judge({ issuer: "none" }, facts)).to.equal(undefined);
        });
    }

    it("is used where the settings say that it is there, and missed where it is not", () => {
        const there = foreign["of another release"] ?? bare;
        expect(judge(existing, there)).to.equal(undefined);
        expect(judge({ issuer: "existing", clusterIssuer: "ours" }, there)).to.equal(undefined);
        const missed = (setting: string, remedy: string) =>
            `hubspoke:certificates.${setting}: is "existing", and the hub has no cert-manager. Install it, or write ${remedy}`;
        expect(() => judge(existing, bare)).to.throw(missed("certManager.source", '"install"'));
        expect(() => judge({ issuer: "existing", clusterIssuer: "ours" }, bare)).to.throw(
            missed("issuer", 'issuer "own" or "acme"'),
        );
    });

    /** What the preview says of a hub with these objects, by the settings of its certificates. */
    const seen = async (certificates: object, objects: Record<string, StoredObject>, ...groups: string[]) => {
        const hub = await objectStore(objects);
        try {
            const lines = await told(() => checkCertManager(hub.address, hubSettings({ certificates }), groups));
            return lines.join("\n");
        } catch (error) {
            return (error as Error).message;
        } finally {
            await hub.close();
        }
    };
    const crd = (annotations?: object) => ({
        "apis/apiextensions.k8s.io/v1/customresourcedefinitions/certificates.cert-manager.io": { metadata: { annotations } },
    });
    const namespace = (managedFields?: object[]) => ({ "api/v1/namespaces/cert-manager": { metadata: { managedFields } } });
    const byHelm = (name: string, inNamespace: string) =>
        crd({ "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": inNamespace });
    const api = "cert-manager.io";
    const installs = /^info: hubspoke:certificates: issuer "own" installs cert-manager/;

    it("is told of by what is on the hub: none, or only CRDs of an earlier installation or unreadable ones", async () => {
        expect(await seen({ issuer: "own" }, {})).to.match(installs);
        expect(await seen({ issuer: "own" }, byHelm("cert-manager", "cert-manager"), api)).to.match(installs);
        const [path = ""] = Object.keys(crd());
        expect(await seen({ issuer: "own" }, { [path]: { kind: "Status", code: 403 } }, api)).to.match(installs);
    });

    it("is the program's own where Pulumi made its namespace", async () => {
        const own = namespace([{}, { manager: "kubectl" }, { manager: "pulumi-kubernetes-1a2b" }]);
        expect(await seen({ issuer: "own" }, { ...own, ...byHelm("cert-manager", "cert-manager") }, api)).to.equal("");
        expect(await seen({ issuer: "none" }, namespace())).to.equal("");
    });

    it("is that of others by its release, its CRDs or its namespace, and named so", async () => {
        const others = (what: string) =>
            `hubspoke:certificates.certManager.source: is "install", and the hub seems to have a cert-manager: ${what}. ` +
            'Write "existing" to use it, with its namespace, or certificates.issuer "existing" to use an issuer of it';
        expect(await seen({ issuer: "own" }, byHelm("certs", "kube-addons"), api)).to.equal(
            others("its CRDs belong to kube-addons/certs"),
        );
        expect(await seen({ issuer: "own" }, crd(), api)).to.equal(others("its CRDs belong to no Helm release"));
        for (const found of [namespace(), namespace([{}]), namespace([{ manager: "helm" }])]) {
            expect(await seen({ issuer: "own" }, found)).to.equal(others("the namespace cert-manager is not of this program"));
        }
    });

    const contradictions: [object, RegExp][] = [
        [{ source: "existing", version: "v1.21.2" }, /certManager\.version: says what to install/],
        [{ source: "existing", path: "./chart" }, /certManager\.path: says what to install/],
        [{ namespace: "kube-addons" }, /certManager\.namespace: is for source: existing/],
        [{ source: "exists" }, /certManager\.source: must be "install" or "existing"/],
    ];
    for (const [certManager, message] of contradictions) {
        it(`is not described twice: ${JSON.stringify(certManager)}`, () => {
            expect(() => hubSettings({ certificates: { issuer: "own", certManager } })).to.throw(message);
        });
    }
});
