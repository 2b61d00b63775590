import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { readCredentials } from "../../lab/clusters/api";
import { kubectl } from "../../lab/kubectl";
import { labDir } from "../../lab/paths";
import { type ApiGate, type GateOptions, openApiGate } from "./support/apiGate";
import { writeExecCredential } from "./support/execCredential";
import {
    changedCluster, clusterSecret, type Config, getObject, namesOf, pulumiOk, pulumiWithConfig, withConfig,
} from "./support/lab";

const dr = (change: Config) => changedCluster("dr", (settings) => ({ ...settings, ...change }));

async function preview(change: Config) {
    return pulumiWithConfig(dr(change), "dr", "preview");
}

/** A kubeconfig for the settings: the lab's context dr, with other fields in its cluster. */
function kubeconfigOf(change: Config): string {
    const whole = parse(fs.readFileSync(path.join(labDir, "kubeconfig"), "utf8")) as {
        clusters: { name: string; cluster: Config }[];
        contexts: { name: string; context: { cluster: string } }[];
    };
    const { context } = whole.contexts.find(({ name }) => name === "dr")!;
    const clusters = whole.clusters.filter(({ name }) => name === context.cluster);
    return stringify({
        ...whole,
        clusters: clusters.map((entry) => ({ ...entry, cluster: { ...entry.cluster, ...change } })),
        "current-context": "dr",
    });
}

describe("a connection that Argo CD will not have", () => {
    let uid: string;
    let server: string;

    before(async () => {
        uid = (await getObject("dr", "", "namespace", "kube-system")).metadata.uid;
        ({ server } = await clusterSecret("dr"));
    });

    async function behindGate<T>(options: GateOptions, work: (gate: ApiGate) => Promise<T>): Promise<T> {
        const gate = await openApiGate(["dr"], options);
        try {
            return await work(gate);
        } finally {
            await gate.close();
        }
    }

    it("is refused in the preview: a URL that is not the registered one, until the cluster's UID confirms it", async () => {
        const { annotations } = (await getObject("hub", "argocd", "secret", "cluster-dr")).metadata;
        expect(annotations?.["hubspoke/cluster-uid"]).to.equal(uid);
        await behindGate({}, async (gate) => {
            const refused = await preview({ server: gate.urlOf("dr") });
            expect(refused.ok, refused.output).to.equal(false);
            expect(refused.output).to.include(
                `hubspoke:clusters.dr.server: is ${gate.urlOf("dr")}, but the hub has registered ${server}`,
            );
            expect(refused.output).to.include(`write \`uid: ${uid}\``);
            const confirmed = await preview({ server: gate.urlOf("dr"), uid });
            expect(confirmed.ok, confirmed.output).to.equal(true);
        });
    });

    it("is refused in the preview: a context that leads to another cluster than before", async () => {
        const other = (await getObject("staging", "", "namespace", "kube-system")).metadata.uid;
        const { ok, output } = await preview({ context: "staging", server });
        expect(ok, output).to.equal(false);
        expect(output).to.include(`the kubeconfig leads to the cluster ${other}, but the hub has registered ${uid}`);
    });

    it("is refused in the preview: a server with a certificate of another authority", async () => {
        await behindGate({ certificateOf: "hub" }, async (gate) => {
            const change = { server: gate.urlOf("dr"), uid };
            const { ok, output } = await preview(change);
            expect(ok, output).to.equal(false);
            expect(output).to.match(/dr\.tls: Argo CD would refuse the certificate of \S+: its CA is not the one/);
            const repaired = await preview({ ...change, tls: { ca: readCredentials("hub").ca.toString() } });
            expect(repaired.ok, repaired.output).to.equal(true);
            const publicly = await preview({ ...change, tls: { ca: "system" } });
            expect(publicly.ok, publicly.output).to.equal(false);
            expect(publicly.output).to.match(/hubspoke:clusters\.dr\.tls: Argo CD would refuse/);
        });
    });

    it("is refused in the preview: a server with a certificate for another name, which the kubeconfig has", async () => {
        await behindGate({ host: "127.0.0.2" }, async (gate) => {
            const kubeconfig = kubeconfigOf({ server: gate.urlOf("dr"), "tls-server-name": "localhost" });
            const change = changedCluster("dr", (settings) => ({ ...settings, context: undefined, kubeconfig, uid }));
            const { ok, output } = await pulumiWithConfig(change, "dr", "preview");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/clusters\.dr\.tls: .* it is for another name .*Write `serverName: localhost`/);
        });
    });

    it("is refused by `up` before the hub has it: a proxy that knows only its own tokens", async () => {
        const before = await getObject("hub", "argocd", "secret", "cluster-dr");
        await behindGate({ refusesTokens: true }, async (gate) => {
            const change = dr({ server: gate.urlOf("dr"), uid });
            const { ok, output } = await pulumiWithConfig(change, "dr", "up", "--yes", "--skip-preview");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/clusters\.dr\.server: \S+ does not accept the token .*the cluster's own endpoint/);
        });
        const after = await getObject("hub", "argocd", "secret", "cluster-dr");
        expect(after.metadata.resourceVersion).to.equal(before.metadata.resourceVersion);
    });
});

describe("a connection that only Argo CD can prove", () => {
    const file = () => path.join(labDir, "exec-credential");
    const robot = "system:serviceaccount:default:robot";
    const identity = {
        credentials: {
            type: "exec",
            command: "cat",
            args: [file()],
            subject: { kind: "User", name: robot },
        },
        // Without an Application, Argo CD has no reason of its own to connect.
        labels: { deploy: "false", region: "eu-central-1" },
    };
    const limits = { "hubspoke:connectionTimeout": "20s", "hubspoke:protect": false };
    const changed = (config: Config) => ({ ...dr(identity)(config), ...limits });

    before(async () => {
        await kubectl("dr", ["create", "serviceaccount", "robot", "--namespace", "default"]);
    });
    after(async () => {
        fs.rmSync(file(), { force: true });
        await kubectl("dr", ["delete", "serviceaccount", "robot", "--namespace", "default"]);
        await pulumiOk("dr", "up", "--yes", "--skip-preview");
    });

    it("ends `up` with Argo CD's own words, and leaves nothing of the check on the hub", async () => {
        const { ok, output } = await pulumiWithConfig(changed, "dr", "up", "--yes", "--skip-preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/dr: Argo CD on the hub has no connection to \S+: waited .* for Argo CD to connect/);
        expect(output).to.match(/exec: executable cat failed|getting credentials/);
        expect(await namesOf("hub", "argocd", "applications.argoproj.io")).not.to.include("connection-check-dr");
    });

    it("is waited for, also by a cluster to which nothing is delivered", async () => {
        await writeExecCredential(file(), "dr", "robot");
        await withConfig("dr", changed, () => pulumiOk("dr", "up", "--yes", "--skip-preview"));
        expect(await namesOf("hub", "argocd", "applications.argoproj.io")).not.to.include("connection-check-dr");
        fs.rmSync(file());
    });
});
