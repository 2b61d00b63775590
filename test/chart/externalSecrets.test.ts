import { expect } from "chai";
import { operatorChart, operatorNamespace, operatorValues } from "../../components/applications/secretsOperator";
import { type Container, workloads, type KubeObject, type Workload } from "./support/objects";
import { type Chart, chartsFrom, render } from "./support/render";

const testChart = (chart: Chart) => describe(`the real chart ${chart.name}`, function () {
    this.timeout(60_000);

    let objects: readonly KubeObject[];
    let parts: readonly Workload[];
    before(async () => {
        objects = await render(chart, operatorValues());
        parts = workloads(objects);
    });

    it("runs two replicas of the controller and of the webhook, of which a drain evicts one at a time", () => {
        const facts = Object.fromEntries(parts.map(({ name, replicas }) => [name, replicas]));
        expect(facts).to.deep.equal({
            "external-secrets": 2,
            "external-secrets-webhook": 2,
            "external-secrets-cert-controller": 1,
        });
        const budgets = objects.filter(({ kind }) => kind === "PodDisruptionBudget");
        expect(budgets.map(({ metadata, spec }) => [metadata.name, spec.minAvailable])).to.have.deep.members([
            ["external-secrets-pdb", 1],
            ["external-secrets-webhook-pdb", 1],
        ]);
    });

    it("elects a leader, and watches neither ClusterSecretStores nor PushSecrets", () => {
        const controller = parts.find(({ name }) => name === "external-secrets");
        expect((controller?.pod.containers[0] as Container & { args: string[] }).args).to.include.members([
            "--enable-leader-election=true",
            "--enable-cluster-store-reconciler=false",
            "--enable-cluster-external-secret-reconciler=false",
            "--enable-cluster-push-secret-reconciler=false",
            "--enable-push-secret-reconciler=false",
        ]);
    });

    it("gives every container requests and a limit of memory", () => {
        for (const { name, pod } of parts) {
            for (const { resources } of pod.containers) {
                expect(resources?.requests, name).to.have.all.keys("cpu", "memory");
                expect(resources?.limits, name).to.have.all.keys("memory");
            }
        }
    });
});

chartsFrom({
    chart: "external-secrets",
    release: "external-secrets",
    namespace: operatorNamespace,
    variable: "EXTERNAL_SECRETS_CHART",
    repository: operatorChart.repository,
    versions: [operatorChart.version],
}).forEach(testChart);
