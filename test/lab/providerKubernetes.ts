import { randomBytes } from "node:crypto";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { Scratch, type Program } from "./support/providerScratch";

const scratchpad = new Scratch();
const { namespace } = scratchpad;
const hidden = `hidden-${randomBytes(8).toString("hex")}`;

interface Wanted {
    readonly color?: string;
    readonly value?: string;
    readonly replicas?: number;
    readonly annotations?: Record<string, string>;
    readonly more?: (opts: pulumi.CustomResourceOptions) => void;
}

/** A bit of everything that the hub and its spokes are made of. */
function everything(wanted: Wanted = {}): Program {
    return (provider) => {
        const scope = new core.Namespace("scope", { metadata: { name: namespace } }, { provider });
        const opts = { provider, dependsOn: [scope] };
        const metadata = (name: string, rest = {}) => ({ name, namespace, ...rest });
        const labels = { color: wanted.color ?? "red" };
        const annotations = wanted.annotations ?? {};
        new core.ConfigMap(
            "settings",
            { metadata: metadata("settings", { labels, annotations }), data: { value: wanted.value ?? "1" } },
            opts,
        );
        new core.Secret(
            "secret",
            { metadata: metadata("secret"), stringData: { key: pulumi.secret(hidden) } },
            opts,
        );
        const account = new core.ServiceAccount("account", { metadata: metadata("account") }, opts);
        const owner = { "kubernetes.io/service-account.name": account.metadata.name };
        const type = "kubernetes.io/service-account-token";
        const token = new core.Secret(
            "token",
            { metadata: metadata("token", { annotations: owner }), type },
            opts,
        );
        const app = { app: "web" };
        new apps.Deployment(
            "web",
            {
                metadata: metadata("web"),
                spec: {
                    replicas: wanted.replicas ?? 1,
                    selector: { matchLabels: app },
                    template: {
                        metadata: { labels: app },
                        spec: { containers: [{ name: "web", image: "web" }] },
                    },
                },
            },
            opts,
        );
        wanted.more?.(opts);
        return {
            keys: token.data.apply((data) => Object.keys((data as typeof data | undefined) ?? {}).sort()),
        };
    };
}

/** The steps build on each other. */
describe("the lab's Kubernetes provider", function () {
    this.timeout(60_000);

    before(() => scratchpad.open());

    after(() => scratchpad.close());

    it("creates objects and waits until they are ready and filled", async () => {
        const { keys } = await scratchpad.up(everything());
        expect(keys).to.deep.include({ value: ["ca.crt", "namespace", "token"], secret: true });
        expect(await scratchpad.field("deployment", "web", ".status.availableReplicas")).to.equal("1");
    });

    it("finds nothing to change in what it created", async () => {
        expect(await scratchpad.preview(everything())).to.deep.equal({ same: 8 });
    });

    it("leaves no secret readable in the state", async () => {
        const token = await scratchpad.field("secret", "token", ".data.token");
        for (const secret of [hidden, Buffer.from(hidden).toString("base64"), token]) {
            expect(scratchpad.stateFile().includes(secret)).to.equal(false);
        }
    });

    it("finds by refresh what was deleted by hand, and restores it", async () => {
        await kubectl("staging", ["delete", "configmap", "settings", `--namespace=${namespace}`]);
        const { summary } = await scratchpad.stack.refresh();
        expect(summary.resourceChanges).to.include({ delete: 1 });
        await scratchpad.up(everything());
        expect(await scratchpad.field("configmap", "settings", ".data.value")).to.equal("1");
    });

    it("updates mutable fields in place, and replaces for immutable ones, under the same name", async () => {
        const uid = () => scratchpad.field("configmap", "settings", ".metadata.uid");
        const first = await uid();
        expect(await scratchpad.preview(everything({ color: "blue" }))).to.include({ update: 1 });
        await scratchpad.up(everything({ color: "blue", replicas: 2 }));
        expect(await uid()).to.equal(first);
        expect(await scratchpad.field("deployment", "web", ".status.readyReplicas")).to.equal("2");
        await scratchpad.up(everything({ color: "blue", replicas: 2, value: "2" }));
        expect(await uid()).not.to.equal(first);
        expect(await scratchpad.field("configmap", "settings", ".data.value")).to.equal("2");
    });

    it("names the other manager of a field in a conflict, and takes the field over only on request", async () => {
        const hand = [
            "label",
            "configmap",
            "settings",
            "color=hand",
            "--overwrite",
            `--namespace=${namespace}`,
        ];
        await kubectl("staging", [...hand, "--field-manager=by-hand"]);
        const wanted = { replicas: 2, value: "2", color: "red" };
        const failed = await scratchpad.failure(everything(wanted));
        expect(failed).to.include("server-side apply field conflict detected, see https://www.pulumi.com/");
        expect(failed).to.match(
            /had an apply conflict: .* conflict with "by-hand" using v1: \.metadata\.labels\.color/,
        );
        expect(await scratchpad.field("configmap", "settings", ".metadata.labels.color")).to.equal("hand");
        await scratchpad.up(everything({ ...wanted, annotations: { "pulumi.com/patchForce": "true" } }));
        expect(await scratchpad.field("configmap", "settings", ".metadata.labels.color")).to.equal("red");
    });

    it("does not take over an object that exists", async () => {
        await kubectl("staging", ["create", "configmap", "theirs", `--namespace=${namespace}`]);
        const version = await scratchpad.field("configmap", "theirs", ".metadata.resourceVersion");
        const more = (opts: pulumi.CustomResourceOptions) =>
            void new core.ConfigMap(
                "theirs",
                { metadata: { name: "theirs", namespace }, data: { a: "1" } },
                opts,
            );
        expect(await scratchpad.failure(everything({ replicas: 2, value: "2", more }))).to.include(
            'configmaps "theirs" already exists',
        );
        expect(await scratchpad.field("configmap", "theirs", ".metadata.resourceVersion")).to.equal(version);
    });

    it("keeps an object that does not become ready, says why, and repairs it in the next run", async () => {
        const labels = { app: "stuck" };
        const stuck = (nodeSelector: Record<string, string>) => (opts: pulumi.CustomResourceOptions) =>
            void new apps.Deployment(
                "stuck",
                {
                    metadata: { name: "stuck", namespace, annotations: { "pulumi.com/timeoutSeconds": "4" } },
                    spec: {
                        selector: { matchLabels: labels },
                        template: {
                            metadata: { labels },
                            spec: { nodeSelector, containers: [{ name: "c", image: "c" }] },
                        },
                    },
                },
                opts,
            );
        const wanted = { replicas: 2, value: "2" };
        const printed = await scratchpad.failure(everything({ ...wanted, more: stuck({ no: "such-node" }) }));
        expect(printed).to.include("'stuck' timed out waiting to be Ready (4 s)");
        expect(printed).to.include("nodes are available");
        const uid = await scratchpad.field("deployment", "stuck", ".metadata.uid");
        await scratchpad.up(everything({ ...wanted, more: stuck({}) }));
        expect(await scratchpad.field("deployment", "stuck", ".metadata.uid")).to.equal(uid);
    });

    it("names an API server that it cannot reach", async () => {
        const extra: Program = (provider) =>
            void new core.ConfigMap("far", { metadata: { name: "far", namespace } }, { provider });
        const printed = await scratchpad.failure(extra, "https://127.0.0.1:9");
        expect(printed).to.match(
            /unable to load schema information from the API server: Get "https:\/\/127.0.0.1:9\/.*connection refused/,
        );
    });

    it("waits until everything is gone", async () => {
        await scratchpad.stack.destroy();
        const left = await kubectl("staging", [
            "get",
            "namespace",
            namespace,
            "--ignore-not-found",
            "--output=name",
        ]);
        expect(left).to.equal("");
    });
});
