import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as helm from "@pulumi/kubernetes/helm/v3";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { Scratch, messageOfFailure, type Program } from "./support/providerScratch";

const scratchpad = new Scratch();
const { namespace } = scratchpad;
const [hidden, other] = [0, 1].map(() => `hidden-${randomBytes(8).toString("hex")}`) as [string, string];
const chart = path.join(scratchpad.folder, "chart");
const template = path.join(chart, "templates", "configmap.yaml");

function release(chartName: string, value: string): Program {
    return (provider) => {
        const values = { a: pulumi.secret(value) };
        const args = { name: "demo", namespace, createNamespace: true, chart: chartName, values };
        return { status: new helm.Release("demo", args, { provider }).status };
    };
}

const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: chart
data:
  a: {{ .Values.a | quote }}
`;

/** The steps build on each other. */
describe("the lab's Helm releases", function () {
    this.timeout(60_000);

    const installed = {
        name: "demo",
        namespace,
        chart: "demo",
        version: "0.1.0",
        appVersion: "7",
        status: "deployed",
    };

    before(async () => {
        fs.mkdirSync(path.dirname(template), { recursive: true });
        const metadata = "apiVersion: v2\nname: demo\nversion: 0.1.0\nappVersion: '7'\n";
        fs.writeFileSync(path.join(chart, "Chart.yaml"), metadata);
        fs.writeFileSync(template, configMap);
        await scratchpad.open();
    });

    after(() => scratchpad.close());

    it("say in a preview that a chart is missing", async () => {
        expect(await messageOfFailure(scratchpad.preview(release("./nowhere", "1")))).to.match(
            /path "\.\/nowhere" not found; check the chart name and repository configuration/,
        );
    });

    it("are installed, and then have nothing to change", async () => {
        const { status } = await scratchpad.up(release(chart, hidden));
        expect(status?.value).to.deep.equal({ ...installed, revision: 1 });
        expect(await scratchpad.field("configmap", "chart", ".data.a")).to.equal(hidden);
        expect(await scratchpad.preview(release(chart, hidden))).to.deep.equal({ same: 3 });
    });

    it("are owned by the field managers that the official provider has", async () => {
        const manager = ".metadata.managedFields[*].manager";
        expect(await scratchpad.field("configmap", "chart", manager)).to.equal("pulumi-resource-kubernetes");
        expect(await scratchpad.field("secret", "sh.helm.release.v1.demo.v1", manager)).to.equal("pulumi-kubernetes");
    });

    it("keep secret values out of the state", () => {
        expect(scratchpad.stateFile().includes(hidden)).to.equal(false);
    });

    it("are upgraded when their values change", async () => {
        const { status } = await scratchpad.up(release(chart, other));
        expect(status?.value).to.deep.equal({ ...installed, revision: 2 });
        expect(await scratchpad.field("configmap", "chart", ".data.a")).to.equal(other);
    });

    it("are found unchanged by a refresh, which leaves secret values secret", async () => {
        const { summary } = await scratchpad.stack.refresh();
        expect(summary.resourceChanges).to.deep.equal({ same: 3 });
        expect(scratchpad.stateFile().includes(other)).to.equal(false);
    });

    it("stay as they were when a template fails", async () => {
        fs.writeFileSync(template, `${configMap}  b: {{ fail "no such luck" }}\n`);
        expect(await scratchpad.failure(release(chart, hidden))).to.include("no such luck");
        fs.writeFileSync(template, configMap);
        expect(await scratchpad.preview(release(chart, other))).to.deep.equal({ same: 3 });
    });

    it("that were deleted by hand are destroyed after a refresh", async () => {
        await kubectl("staging", ["delete", "secret", `--namespace=${namespace}`, "--selector=owner=helm,name=demo"]);
        const failed = await messageOfFailure(scratchpad.stack.destroy());
        expect(failed).to.include("Release not loaded: demo: release: not found");
        await scratchpad.stack.refresh();
    });

    it("are deleted after a destroy", async () => {
        await scratchpad.up(release(chart, other));
        const { summary } = await scratchpad.stack.destroy();
        expect(summary.resourceChanges).to.deep.equal({ delete: 3 });
    });
});
