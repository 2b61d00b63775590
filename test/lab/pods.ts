import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { dockerConfig, environmentSecret, registriesSecret } from "../../components/argoCd/pods";
import { toBase64 } from "../../clusters/base64";
import { argoCdChart } from "../../components/argoCd/version";
import { argoCdValues } from "../../components/argoCd/values";
import { applyByHand } from "../../lab/apply";
import { kubectl } from "../../lab/kubectl";
import { labDir } from "../../lab/paths";
import { run } from "../../lab/processes";
import { readInLab } from "../../lab/stacks/project";
import { toolPath } from "../../lab/tools";
import { leaves } from "../unit/support/leaves";
import { hubSettings } from "../unit/support/hub";
import { dryRun, refusal } from "./support/dryRun";

const namespace = "argocd-pods";

const pods = {
    images: {
        argoCd: "registry.example.com/argoproj/argocd",
        redis: "registry.example.com/docker/library/redis",
        haproxy: "registry.example.com/docker/library/haproxy",
    },
    registries: { "registry.example.com:5000": { username: "hub", password: "hunter2" } },
    pullSecrets: ["registry"],
    nodeSelector: { "example.com/pool": "platform" },
    tolerations: [
        { key: "dedicated", value: "argocd", effect: "NoSchedule" },
        { key: "spot", operator: "Exists", effect: "NoExecute" },
        { operator: "Exists", effect: "PreferNoSchedule" },
    ],
    priorityClass: "platform",
    proxy: { url: "http://proxy.example.com:3128", noProxy: [".internal.example.com", "10.0.0.0/8"] },
    env: { AWS_REGION: "eu-west-1" },
    secretEnv: { HELM_REGISTRY_TOKEN: "hunter2" },
};

const values = {
    server: { service: { type: "LoadBalancer" } },
    repoServer: { extraArgs: ["--loglevel=debug"] },
    configs: { cm: { "statusbadge.enabled": true } },
};

interface Place {
    readonly image: { readonly repository: string };
    readonly env?: readonly object[];
    readonly nodeSelector?: object;
    readonly tolerations?: readonly object[];
    readonly imagePullSecrets: readonly object[];
    readonly priorityClassName: string;
}

/** A pod with all that the values say of the pods' places. */
function podOf(name: string, { image, env, ...place }: Place) {
    const securityContext = { allowPrivilegeEscalation: false };
    const container = { name, image: `${image.repository}:v1`, securityContext, ...(env && { env }) };
    return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec: { ...place, containers: [container] } };
}

describe("what the settings `pods` and `chart.values` render", () => {
    const settings = hubSettings({ pods, chart: { values } });
    const rendered = argoCdValues({ settings, serviceMonitors: false });

    before(async () => {
        await kubectl("staging", ["create", "namespace", namespace]);
        const platform = { metadata: { name: "platform" }, value: 1000, apiVersion: "scheduling.k8s.io/v1" };
        await applyByHand("staging", [{ ...platform, kind: "PriorityClass" }]);
    });
    after(async () => {
        await kubectl("staging", ["delete", "priorityclass", "platform"]);
        await kubectl("staging", ["delete", "namespace", namespace]);
    });

    it("is here of every setting", () => {
        const names = leaves.filter(({ path: [first] }) => first === "pods").map(({ path: [, second] }) => second);
        expect(Object.keys(pods)).to.have.members([...new Set(names)].filter((name) => name !== undefined));
    });

    it("is accepted by an API server: the pods, and the Secrets that they need", async () => {
        const { global, "redis-ha": redis } = rendered as unknown as { global: Place; "redis-ha": Place & { haproxy: Place } };
        const place = ({ image, env, nodeSelector, tolerations, imagePullSecrets, priorityClassName }: Place) => {
            return { image, env, nodeSelector, tolerations, imagePullSecrets, priorityClassName };
        };
        const objects = [podOf("argocd", place(global)), podOf("redis", place(redis)), podOf("haproxy", place(redis.haproxy))];
        const secrets = [
            {
                apiVersion: "v1",
                kind: "Secret",
                metadata: { name: registriesSecret },
                type: "kubernetes.io/dockerconfigjson",
                data: { ".dockerconfigjson": toBase64(dockerConfig(settings.pods.registries)) },
            },
            {
                apiVersion: "v1",
                kind: "Secret",
                metadata: { name: environmentSecret },
                data: { HELM_REGISTRY_TOKEN: toBase64("hunter2") },
            },
        ];
        expect(await dryRun([...objects, ...secrets], namespace)).to.have.length(objects.length + secrets.length);
        const bad = podOf("argocd", { ...place(global), tolerations: [{ operator: "Exists", value: "x" }] });
        expect(await refusal(bad, namespace)).to.match(/tolerations\[0\]/);
    });

    it("is accepted in all that the lab's chart makes of it", async () => {
        const { path: chart } = readInLab("hub")["hubspoke:chart"] as { path?: string };
        const { repository, version, name } = argoCdChart;
        const source = chart === undefined ? [name, "--repo", repository, "--version", version] : [chart];
        const file = path.join(labDir, "pods-values.json");
        fs.writeFileSync(file, JSON.stringify({ ...rendered, crds: { install: false } }));
        const flags = ["--namespace", namespace, "--skip-crds", "--skip-tests", "--values", file];
        const { ok, output, stdout } = await run(toolPath("helm"), ["template", "argocd", ...source, ...flags], {
            timeoutMs: 60_000,
        });
        fs.rmSync(file);
        expect(ok, output).to.equal(true);
        const documents = parseAllDocuments(stdout).map((document) => document.toJS() as object | null);
        const objects = documents.filter((object) => object !== null);
        const text = JSON.stringify(objects);
        expect(text).to.include("--loglevel=debug").and.include("HELM_REGISTRY_TOKEN");
        expect(text).to.include('"statusbadge.enabled":"true"');
        expect(text).not.to.include("hunter2");
        expect(await dryRun(objects, namespace)).to.have.length(objects.length);
    });
});
