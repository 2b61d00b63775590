import { expect } from "chai";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { HubSettings } from "../../settings/hub";
import { documentedSettings } from "../unit/support/documented";
import { clientsOfRedis, controller, notificationsController, notified, Rendered, testCharts } from "./support/hub";
import type { Container } from "./support/objects";

testCharts("a hub's pods", (chart) => {
    for (const availability of ["ha", "single"]) {
        it(`gives every pod what docs/pods.md asks for: ${availability}`, async () => {
            const examples = documentedSettings("pods.md");
            const pods = Object.assign({}, ...examples.map(({ pods }) => pods)) as HubSettings["pods"];
            const { gitCertificates } = Object.assign({}, ...examples) as HubSettings;
            const hub = await Rendered.from(chart, { pods, gitCertificates, availability, ...notified });
            for (const { name, pod } of hub.workloads) {
                const containers = [...pod.containers, ...(pod.initContainers ?? [])];
                for (const { image } of containers) {
                    expect(image, name).to.match(/^registry\.example\.com\/.+:.+$/);
                }
                expect(pod.nodeSelector, name).to.include({ pool: "platform" });
                expect(pod.tolerations, name).to.deep.equal([
                    { key: "dedicated", operator: "Equal", value: "argocd", effect: "NoSchedule" },
                ]);
                expect(pod.priorityClassName, name).to.equal("platform");
                const ofAccount = hub.objects.find(
                    ({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === pod.serviceAccountName,
                )?.imagePullSecrets;
                expect(pod.imagePullSecrets ?? ofAccount, name).to.deep.equal([{ name: "registry" }]);
            }
            for (const name of [...clientsOfRedis, "argocd-applicationset-controller", notificationsController]) {
                const [{ env = [] }] = hub.workload(name).pod.containers as [Container];
                const value = (variable: string) => env.find((entry) => entry.name === variable)?.value;
                expect(value("HTTPS_PROXY"), name).to.equal("http://proxy.example.com:3128");
                expect(value("NO_PROXY")?.split(","), name).to.include.members([".svc", "10.0.0.0/8"]);
                expect(value("AWS_REGION"), name).to.equal("eu-west-1");
            }
            expect(hub.configMap("argocd-tls-certs-cm")).to.deep.equal({ ...gitCertificates });
        });
    }

    it("takes the other values in docs/pods.md", async () => {
        const { chart: given } = documentedSettings("pods.md").at(-1) as Pick<HubSettings, "chart">;
        const hub = await Rendered.from(chart, { chart: { values: given.values } });
        const service = hub.objects.find(({ kind, metadata }) => kind === "Service" && metadata.name === "argocd-server");
        expect(service?.spec).to.include({ type: "LoadBalancer" });
        expect(hub.configMap("argocd-cm")).to.include({ "statusbadge.enabled": "true" });
    });

    it("gives tokens for spokes to what connects to them, and to no other pod", async () => {
        const { workloads } = await Rendered.from(chart, { federation: { audiences: ["prod"], lifetime: "10m" } });
        const holders = workloads.filter(({ pod }) => pod.volumes?.some(({ name }) => name === "spoke-tokens"));
        expect(holders.map(({ name }) => name)).to.have.members([controller, "argocd-server"]);
        for (const { pod } of holders) {
            const sources = [{ serviceAccountToken: { audience: "prod", expirationSeconds: 600, path: "prod" } }];
            expect(pod.volumes?.find(({ name }) => name === "spoke-tokens")?.projected).to.deep.equal({ sources });
            const [{ volumeMounts = [], env = [] } = {}] = pod.containers;
            const folder = volumeMounts.find(({ name }) => name === "spoke-tokens")?.mountPath;
            expect(env).to.deep.include({ name: "HUBSPOKE_TOKENS", value: folder });
        }
    });

    for (const { identity } of documentedSettings("security.md").filter(({ identity }) => identity !== undefined)) {
        it(`gives Argo CD the identity of docs/security.md: ${JSON.stringify(identity)}`, async () => {
            const { settings, objects, workloads } = await Rendered.from(chart, { identity });
            const { aws, gcp, azure } = settings.identity;
            const annotations = {
                ...(aws && { "eks.amazonaws.com/role-arn": aws.roleArn }),
                ...(gcp && { "iam.gke.io/gcp-service-account": gcp.serviceAccount }),
                ...(azure && {
                    "azure.workload.identity/client-id": azure.clientId,
                    "azure.workload.identity/tenant-id": azure.tenantId,
                }),
            };
            const accounts = objects.filter(({ kind, metadata }) => kind === "ServiceAccount" && metadata.annotations);
            expect(accounts.map(({ metadata }) => metadata)).to.have.length(2);
            for (const name of [controller, "argocd-server"]) {
                const found = accounts.find(({ metadata }) => metadata.name === name);
                expect(found?.metadata.annotations, name).to.deep.equal(annotations);
                expect(workloads.find((workload) => workload.name === name)?.pod.serviceAccountName).to.equal(name);
            }
            const labelled = workloads.filter(({ labels }) => labels["azure.workload.identity/use"] === "true");
            const expected = azure ? [controller, "argocd-server"] : [];
            expect(labelled.map(({ name }) => name)).to.have.members(expected);
        });
    }

    it("puts the keys that sign commits where the repo server reads them, and restarts it for new ones", async () => {
        const key = readFileSync(resolve(__dirname, "../fixtures/keys/ed25519.asc"), "utf8");
        const signed = await Rendered.from(chart, { sourceIntegrity: { keys: [key] } });
        expect(signed.configMap("argocd-gpg-keys-cm")).to.deep.equal({ "6864335B9C1D55B4": key });
        const template = JSON.stringify(signed.workload("argocd-repo-server").spec.template);
        expect(template).to.include('"configMap":{"name":"argocd-gpg-keys-cm"}').and.include("hubspoke/signing-keys");
    });
});
