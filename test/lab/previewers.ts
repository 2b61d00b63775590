import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { kubectl } from "../../lab/kubectl";
import { labDir, projectRoot } from "../../lab/paths";
import { run } from "../../lab/processes/run";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import type { StackName } from "../../lab/stacks/project";
import { certManagerChart } from "../../lab/tools";
import { waitForApplications } from "../../lab/waiting";
import { writeExecCredential } from "./support/execCredential";
import { changedCluster, type Config, pulumiOk, pulumiWith, transcript, withConfig } from "./support/lab";
import { noRights, type RestrictedKubeconfig, restrictedKubeconfig } from "./support/restricted";
import { addOperatorKinds, removeOperatorKinds } from "./support/secretsOperator";

const account = "previewer";

/** A person of whom the clusters know nothing, but what the stacks give him by their setting `previewers`. */
const previewers = { kind: "User", name: `system:serviceaccount:${account}:${account}` };

/** A chart in the place of the operator's, whose pods would not run here: what is asked is Helm's record of it. */
function smallChart(): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "operator-"));
    fs.mkdirSync(path.join(folder, "templates"));
    fs.writeFileSync(path.join(folder, "Chart.yaml"), "apiVersion: v2\nname: external-secrets\nversion: 0.18.2\n");
    const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: operator }\n";
    fs.writeFileSync(path.join(folder, "templates", "operator.yaml"), configMap);
    return folder;
}

describe("a previewer, with only the rights of the setting `previewers`", () => {
    const up = ["up", "--yes", "--skip-preview"];
    const crds = "--selector=app.kubernetes.io/name=cert-manager";
    let reader: RestrictedKubeconfig;
    let chart: string;
    const credential = path.join(labDir, "cloud-credential");

    /** Brings a stack up with these settings, and previews it and looks for its drift as the previewer. */
    async function previewed(stack: StackName, change: (config: Config) => Config): Promise<void> {
        const settings = (config: Config) => change({ ...config, "hubspoke:previewers": previewers });
        await withConfig(stack, settings, async () => {
            await pulumiOk(stack, ...up);
            const preview = await pulumiWith({ KUBECONFIG: reader.file }, stack, "preview", "--expect-no-changes");
            expect(preview.ok, preview.output).to.equal(true);
            const env = { ...pulumiEnvironment(), KUBECONFIG: reader.file };
            const folder = path.join(labDir, "drift-of-previewer");
            const drift = await run("bash", [".ci/drift", stack, folder], { cwd: projectRoot, env });
            transcript.push(drift.output);
            expect(drift.ok, drift.output).to.equal(true);
            fs.rmSync(folder, { recursive: true });
        });
    }

    const secrets = (store: object, operator: object) => (config: Config) => ({
        ...config,
        "hubspoke:secrets": { operator, store },
    });
    const local = { type: "kubernetes", namespace: "agent-secrets" };
    const vault = { type: "vault", server: "https://vault.example.com" };
    const existing = { source: "existing" };
    const identity = () => ({
        type: "exec",
        command: "cat",
        args: [credential],
        subject: { kind: "User", name: "system:serviceaccount:default:robot" },
    });
    const lifetime = { type: "token", lifetime: "24h" };
    const permissions = { scope: "cluster", kinds: [{ apiGroup: "batch", resources: ["cronjobs"] }] };
    const setups: [name: string, change: () => (config: Config) => Config][] = [
        ["an operator that is installed", () => secrets(vault, { path: chart })],
        ["a store in a namespace of the spoke", () => secrets(local, existing)],
        ["the rights of the whole cluster", () => changedCluster("staging", (own) => ({ ...own, permissions }))],
        ["a token that ends", () => changedCluster("staging", (own) => ({ ...own, credentials: lifetime }))],
        ["a cloud's identity", () => changedCluster("staging", (own) => ({ ...own, credentials: identity() }))],
    ];

    before(async () => {
        chart = smallChart();
        reader = await restrictedKubeconfig(account, { hub: noRights, staging: noRights });
        await kubectl("staging", ["create", "namespace", "agent-secrets"]);
        await kubectl("staging", ["create", "serviceaccount", "robot", "--namespace", "default"]);
        await writeExecCredential(credential, "staging", "robot");
        await addOperatorKinds("staging");
        // Who previews an environment reads its registration on the hub, by the hub's own setting.
        await previewed("hub", (config) => config);
    });

    after(async () => {
        await pulumiOk("staging", ...up);
        await pulumiOk("hub", ...up);
        fs.rmSync(credential);
        await kubectl("staging", ["delete", "serviceaccount", "robot", "--namespace", "default"]);
        await removeOperatorKinds("staging");
        await kubectl("staging", ["delete", "namespace", "agent-secrets", "--wait=false"]);
        await kubectl("hub", ["delete", "crd", crds, "--ignore-not-found", "--timeout=50s"]);
        await reader.remove();
        fs.rmSync(chart, { recursive: true });
        await waitForApplications(["agent-staging"]);
    });

    for (const [name, change] of setups) {
        it(`previews an environment with ${name}, and finds no drift`, () => previewed("staging", change()));
    }

    it("previews an environment whose cluster goes into quarantine, and is in it, and finds no drift", async () => {
        await previewed("staging", (config) => config);
        const quarantined = changedCluster("staging", (own) => ({ ...own, quarantined: true }));
        const settings = (config: Config) => quarantined({ ...config, "hubspoke:previewers": previewers });
        await withConfig("staging", settings, async () => {
            const preview = await pulumiWith({ KUBECONFIG: reader.file }, "staging", "preview");
            expect(preview.ok, preview.output).to.equal(true);
            expect(preview.output).to.match(/staging-cluster-secret +update/);
        });
        await previewed("staging", quarantined);
        // What is protected is not deleted by the `up` that lifts this.
        await withConfig("staging", (config) => ({ ...config, "hubspoke:previewers": previewers }), () =>
            pulumiOk("staging", ...up),
        );
    });

    it("previews a hub whose cert-manager the program installs, and finds no drift", async () => {
        const certManager = { path: await certManagerChart() };
        await previewed("hub", (config) => ({ ...config, "hubspoke:certificates": { issuer: "own", certManager } }));
    });
});
