import { expect } from "chai";
import { applyByHand } from "../../lab/apply";
import { kubectl } from "../../lab/kubectl";
import { waitFor } from "../../lab/processes";
import { certManagerChart } from "../../lab/tools";
import { type Config, getObject, namesOf, pulumiOk, pulumiWithConfig, withConfig } from "./support/lab";

const ownCrds = "--selector=app.kubernetes.io/name=cert-manager";

/** The hub's settings with cert-manager's own chart out of its Go module: its repository may be out of reach. */
async function certified(settings: Config): Promise<(config: Config) => Config> {
    const certManager = { path: await certManagerChart() };
    return (config) => ({ ...config, "hubspoke:certificates": { ...settings, certManager } });
}

/** Runs `pulumi` on the hub with these settings. */
async function withCertificates(settings: Config, ...args: string[]): Promise<void> {
    await withConfig("hub", await certified(settings), () => pulumiOk("hub", ...args));
}

async function specOf(namespace: string, kind: string, name: string): Promise<object> {
    return (await getObject("hub", namespace, kind, name)).spec as object;
}

describe("the hub's certificate", () => {
    after(async () => {
        await kubectl("hub", ["delete", "crd", ownCrds, "--ignore-not-found", "--timeout=50s"]);
    });

    it("is not issued by a second cert-manager, where others have installed one", async () => {
        const names = { plural: "certificates", singular: "certificate", kind: "Certificate" };
        const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
        const versions = [{ name: "v1", served: true, storage: true, schema }];
        const crd = {
            apiVersion: "apiextensions.k8s.io/v1",
            kind: "CustomResourceDefinition",
            metadata: { name: "certificates.cert-manager.io", labels: { "app.kubernetes.io/name": "cert-manager" } },
            spec: { group: "cert-manager.io", scope: "Namespaced", names, versions },
        };
        await applyByHand("hub", [crd]);
        await waitFor(
            "the hub to serve cert-manager.io",
            async () => {
                const groups = await kubectl("hub", ["get", "--raw", "/apis"]);
                return groups.includes("cert-manager.io") ? { done: true } : { seen: "not served" };
            },
            { timeoutMs: 30_000, intervalMs: 200 },
        );
        try {
            const { ok, output } = await pulumiWithConfig(await certified({ issuer: "own" }), "hub", "preview");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/hubspoke:certificates\.certManager\.source: .*its CRDs belong to no Helm release/);
        } finally {
            await kubectl("hub", ["delete", "crd", crd.metadata.name, "--timeout=50s"]);
        }
    });

    it("comes from the hub's own CA, by cert-manager from its real chart", async () => {
        const { output } = await pulumiWithConfig(await certified({ issuer: "own" }), "hub", "preview");
        expect(output).to.include('hubspoke:certificates: issuer "own" installs cert-manager');
        await withCertificates({ issuer: "own" }, "up", "--yes", "--skip-preview");
        await withCertificates({ issuer: "own" }, "preview", "--expect-no-changes");
        for (const name of ["cert-manager", "cert-manager-cainjector", "cert-manager-webhook"]) {
            const { metadata, spec, status } = await getObject("hub", "cert-manager", "deployment", name);
            expect(metadata.labels).to.include({ "helm.sh/chart": "cert-manager-v1.21.2" });
            expect([spec?.replicas, status?.readyReplicas], name).to.deep.equal([2, 2]);
            expect(await namesOf("hub", "cert-manager", "poddisruptionbudgets")).to.include(name);
        }
        expect(await specOf("argocd", "certificate", "argocd-server")).to.deep.include({
            secretName: "argocd-server-tls",
            dnsNames: ["argocd.example.com"],
            issuerRef: { name: "hub", kind: "ClusterIssuer", group: "cert-manager.io" },
        });
        expect(await specOf("", "clusterissuer", "hub")).to.deep.equal({ ca: { secretName: "hub-authority" } });
        expect(await specOf("cert-manager", "certificate", "hub-authority")).to.include({ isCA: true });
        expect(await specOf("", "clusterissuer", "hub-root")).to.deep.equal({ selfSigned: {} });
    });

    it("comes from an ACME CA after a change of the settings, and from no other", async () => {
        const dns01 = { cloudflare: { apiTokenSecretRef: { name: "acme-dns", key: "token" } } };
        const dnsSecret = { token: "a-token-of-the-test-alone" };
        const { uid } = (await getObject("hub", "argocd", "certificate", "argocd-server")).metadata;
        const acme = { issuer: "acme", email: "ops@example.com", solver: { dns01 }, dnsSecret };
        await withCertificates(acme, "up", "--yes", "--skip-preview");
        expect(await namesOf("hub", "", "clusterissuers")).to.deep.equal(["hub"]);
        expect(await specOf("", "clusterissuer", "hub")).to.have.deep.nested.property("acme.solvers", [{ dns01 }]);
        expect(await namesOf("hub", "cert-manager", "secrets")).to.include("acme-dns");
        expect((await getObject("hub", "argocd", "certificate", "argocd-server")).metadata.uid).to.equal(uid);
    });

    it("is removed with its settings, except cert-manager's CRDs, on which every certificate of a cluster depends", async () => {
        await pulumiOk("hub", "up", "--yes", "--skip-preview");
        expect(await namesOf("hub", "", "namespaces")).not.to.include("cert-manager");
        expect(await namesOf("hub", "", "crds")).to.include("certificates.cert-manager.io");
        expect(await namesOf("hub", "argocd", "certificates")).to.deep.equal([]);
        await pulumiOk("hub", "preview", "--expect-no-changes");
    });
});
