import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { parse } from "yaml";
import { ApplicationNamespace } from "../../components/applications/namespace";
import { chartFolder } from "../support/agentChart";
import { parseSettings } from "../../settings";
import { limitsOf as limitsOfApplication } from "../../settings/delivery";
import type { EnvironmentSettings } from "../../settings/environment";
import { mockPulumi, one, settled, valueOf } from "./support/mocks";

function limitsOf(given?: object): EnvironmentSettings["namespace"] {
    const settings = parseSettings({
        role: "environment",
        environment: "prod",
        ...(given === undefined ? {} : { namespace: given }),
        hub: { context: "hub" },
        clusters: { prod: { context: "prod", labels: { region: "eu" } } },
    });
    return (settings as EnvironmentSettings).namespace;
}

async function make(given?: object): Promise<ApplicationNamespace> {
    await mockPulumi();
    const made = new ApplicationNamespace("prod-agent", { application: "agent", namespace: "agent", limits: limitsOf(given) });
    await settled();
    return made;
}

/** Milli-units of CPU, or bytes. */
function amount(quantity: string | number): number {
    const [, digits = "", unit = ""] = /^([\d.]+)(\w*)$/.exec(String(quantity)) ?? [];
    const factors: Record<string, number> = { "": 1, m: 0.001, Mi: 2 ** 20, Gi: 2 ** 30 };
    const factor = factors[unit];
    if (factor === undefined) {
        throw new Error(`unknown unit in ${quantity}`);
    }
    return Number(digits) * factor;
}

interface Values {
    readonly autoscaling: { readonly maxReplicas: number };
    readonly resources: {
        readonly requests: { readonly cpu: string; readonly memory: string; readonly "ephemeral-storage": string };
        readonly limits: { readonly memory: string; readonly "ephemeral-storage": string };
    };
}

describe("the limits of one application's namespace", () => {
    it("are those of all namespaces, but for what it says itself", () => {
        const { namespace, namespaces } = parseSettings({
            ...{ role: "environment", environment: "prod", hub: { context: "hub" } },
            clusters: { prod: { context: "prod", labels: { region: "eu" } } },
            namespace: { pods: 100, memory: "64Gi", podSecurity: "baseline" },
            namespaces: { monitoring: { isolated: false, cpu: "4" } },
        }) as EnvironmentSettings;
        const common = { pods: 100, memory: "64Gi", podSecurity: "baseline", ephemeralStorage: "16Gi" };
        expect(limitsOfApplication({ namespace, namespaces }, "monitoring")).to.deep.equal({ ...common, cpu: "4", isolated: false });
        expect(limitsOfApplication({ namespace, namespaces }, "agent")).to.deep.equal({ ...common, cpu: "8" });
    });
});

describe("the agent's namespace on a spoke", () => {
    it("enforces the restricted Pod Security Standard, and warns about violations", async () => {
        const made = await make();
        expect(one("kubernetes:core/v1:Namespace", "prod-agent-namespace").inputs.metadata).to.deep.equal({
            name: "agent",
            labels: {
                "pod-security.kubernetes.io/enforce": "restricted",
                "pod-security.kubernetes.io/warn": "restricted",
                "pod-security.kubernetes.io/audit": "restricted",
            },
        });
        expect(await valueOf(made.namespaceName)).to.equal("agent");
        expect(pulumi.Output.isInstance(made.namespaceName)).to.equal(true);
    });

    it("has a quota, limits for containers without any, and denies all traffic", async () => {
        await make({ pods: 5, cpu: "2", memory: "3Gi", ephemeralStorage: "4Gi", podSecurity: "baseline" });
        expect(one("kubernetes:core/v1:ResourceQuota", "prod-agent-quota").inputs).to.deep.include({
            metadata: { name: "agent", namespace: "agent" },
            spec: {
                hard: {
                    pods: "5",
                    "requests.cpu": "2",
                    "requests.memory": "3Gi",
                    "limits.memory": "3Gi",
                    "requests.ephemeral-storage": "4Gi",
                    "limits.ephemeral-storage": "4Gi",
                    "services.loadbalancers": "0",
                    "services.nodeports": "0",
                },
            },
        });
        expect(one("kubernetes:core/v1:LimitRange", "prod-agent-limits").inputs.spec).to.deep.equal({
            limits: [
                {
                    type: "Container",
                    default: { memory: "256Mi", "ephemeral-storage": "512Mi" },
                    defaultRequest: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "128Mi" },
                },
            ],
        });
        expect(one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "prod-agent-default-deny").inputs).to.deep.include({
            metadata: { name: "default-deny", namespace: "agent" },
            spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        });
    });

    it("has room by default for prod at its autoscaler's maximum, with a rolling update and a migration", () => {
        const read = (name: string) => parse(readFileSync(path.join(chartFolder, name), "utf8")) as Values;
        const { autoscaling, resources } = read("values-prod.yaml");
        const { requests, limits: most } = read("values.yaml").resources;
        const pods = autoscaling.maxReplicas + 2;
        const limits = limitsOf();
        expect(limits.pods).to.be.at.least(pods);
        expect(amount(limits.cpu)).to.be.at.least(pods * amount(resources.requests.cpu));
        expect(amount(limits.memory)).to.be.at.least(pods * amount(resources.requests.memory));
        expect(amount(limits.memory)).to.be.at.least(pods * amount(resources.limits.memory));
        expect(amount(limits.ephemeralStorage)).to.be.at.least(pods * amount(requests["ephemeral-storage"]));
        expect(amount(limits.ephemeralStorage)).to.be.at.least(pods * amount(most["ephemeral-storage"]));
    });
});
