import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { alerts } from "../../settings/alerts";
import { fleetRules } from "../../components/watch/rules";
import { credentialRules, probeObject, probePlan, probeTargets } from "../../components/watch/probePlan";
import { prometheusRule } from "../../components/watch/ruleFile";
import { kubectl } from "../../lab/kubectl";
import { otherCrds, toolPath } from "../../lab/tools";
import { renderChart, valuesFiles } from "../support/agentChart";
import { dryRun, refusal } from "./support/dryRun";

/** A pod that passes the restricted standard, with a change. */
function pod(changes: { securityContext?: object; requests?: object; limits?: object } = {}): object {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "probe" },
        spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
                {
                    name: "probe",
                    image: "example.com/probe:1",
                    securityContext: {
                        allowPrivilegeEscalation: false,
                        capabilities: { drop: ["ALL"] },
                        ...changes.securityContext,
                    },
                    resources: { requests: changes.requests ?? {}, limits: changes.limits ?? {} },
                },
            ],
        },
    };
}

describe("the agent's namespace on a spoke", () => {
    let files: string[];
    before(async () => {
        files = (await otherCrds()).map((file) => `--filename=${file}`);
        await kubectl("staging", ["apply", "--server-side", ...files]);
        await kubectl("staging", ["wait", "--for=condition=Established", "--timeout=50s", ...files]);
    });
    after(() => kubectl("staging", ["delete", "--timeout=50s", ...files]));

    for (const values of valuesFiles()) {
        it(`admits everything that the chart renders with ${values}, without a warning`, async () => {
            const objects = parseAllDocuments(await renderChart(toolPath("helm"), values)).map(
                (document) => document.toJS() as object,
            );
            expect(await dryRun(objects)).to.have.length(objects.length);
        });
    }

    it("admits the objects of the hub's stack for the Prometheus operator", async () => {
        const settings = alerts.parse({ prober: "blackbox-exporter.monitoring:9115" });
        const plan = probePlan({ alerts: settings }, "operator");
        const of = { cluster: "prod", environment: "prod", region: "eu-west-1" };
        const targets = probeTargets({
            ...of,
            server: "https://prod.example.com:6443",
            domain: "prod.example.com",
            deployed: true,
            proxied: false,
            probe: {},
        });
        const place = { name: "probe-prod", namespace: "agent" };
        const objects = [
            prometheusRule({ name: "hubspoke" }, fleetRules(settings, "https://git.example.com/runbooks")),
            prometheusRule(place, credentialRules(of, { created: "2026-01-01T00:00:00Z" })),
            ...targets.map((target) => probeObject(place, target, plan)),
        ];
        expect(await dryRun(objects)).to.have.length(4);
        const probe = probeObject(place, targets[0]!, plan);
        const misspelt = { ...probe, spec: { ...probe.spec, jobname: "x" } };
        expect(await refusal(misspelt)).to.match(/unknown field "spec.jobname"/);
    });

    it("refuses a pod that the restricted standard forbids, and admits it restricted", async () => {
        expect((await dryRun([pod()])).join()).to.include("pod/probe created");
        expect(await refusal(pod({ securityContext: { privileged: true, allowPrivilegeEscalation: true } }))).to.match(
            /violates PodSecurity "restricted:latest": .*privileged/,
        );
    });

    it("refuses a pod that its quota does not hold", async () => {
        expect(await refusal(pod({ requests: { cpu: "9" } }))).to.match(/exceeded quota: agent, requested: requests.cpu=9/);
        const disk = { "ephemeral-storage": "17Gi" };
        expect(await refusal(pod({ requests: disk, limits: disk }))).to.match(
            /exceeded quota: agent, requested: limits.ephemeral-storage=17Gi,requests.ephemeral-storage=17Gi/,
        );
    });

    it("limits the ephemeral storage of a pod that says nothing of it", async () => {
        const more = pod({ requests: { "ephemeral-storage": "513Mi" } });
        expect(await refusal(more)).to.match(/must be less than or equal to ephemeral-storage limit of 512Mi/);
    });

    it("refuses a Service that opens a port on every node", async () => {
        const service = {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: "probe" },
            spec: { type: "NodePort", selector: { app: "probe" }, ports: [{ port: 80 }] },
        };
        expect(await refusal(service)).to.match(/exceeded quota: agent, requested: services.nodeports=1/);
    });

    it("cannot be widened by Argo CD", async () => {
        for (const kind of ["namespaces", "resourcequotas", "limitranges"]) {
            const answer = await kubectl("staging", [
                "auth", "can-i", "update", kind, "--namespace=agent",
                "--as=system:serviceaccount:argocd-manager:argocd-manager",
            ]).catch((error: Error) => error.message);
            expect(answer, kind).to.match(/no\s*$/);
        }
    });
});
