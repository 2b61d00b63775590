import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { agentRepositoryUrl, changeAgentFile, copyAgentRepository, publishAgentRepository } from "../../lab/argocd";
import { kubectl } from "../../lab/kubectl";
import { run } from "../../lab/processes/run";
import { projectRoot } from "../../lab/paths";
import { pulumiEnvironment } from "../../lab/stacks/environment";
import { changeInLab, removeStackFile, writeOtherHub } from "../../lab/stacks/project";
import { waitForApplications } from "../../lab/waiting";
import { openRegistry, type Registry } from "../support/registry";
import { changedCluster, type Config, destroyProtected, pulumiOk, transcript, withConfig } from "./support/lab";
import { noRights, restrictedKubeconfig } from "./support/restricted";

/** A hub of its own on an empty cluster. */
const stack = "fresh";

/** Argo CD's images, without their registries. */
const argoCdImages = {
    argoCd: "argoproj/argocd",
    redis: "docker/library/redis",
    haproxy: "docker/library/haproxy",
};

/** The lab's chart has the images in its templates: a copy of it that names another registry. */
function chartWithImagesAt(chart: string, registry: string): string {
    const copy = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "chart-")), "argo-cd");
    fs.cpSync(chart, copy, { recursive: true });
    const templates = path.join(copy, "templates");
    for (const file of fs.readdirSync(templates, { recursive: true, encoding: "utf8" })) {
        const whole = path.join(templates, file);
        if (fs.statSync(whole).isFile()) {
            const text = fs.readFileSync(whole, "utf8");
            fs.writeFileSync(whole, text.replace(/(quay\.io|public\.ecr\.aws)\/(?=argoproj|docker)/g, `${registry}/`));
        }
    }
    return copy;
}

/** Runs the doctor, and returns its exit code and its lines without their indents. */
async function doctor(
    stacks: readonly string[],
    env: Record<string, string> = {},
): Promise<{ readonly code: number; readonly text: string }> {
    const file = `${projectRoot}/.lab/doctor-${process.pid}.code`;
    const command = `npm run --silent doctor -- ${stacks.join(" ")}; echo $? > ${file}`;
    const { output } = await run("bash", ["-c", command], { cwd: projectRoot, env: { ...pulumiEnvironment(), ...env } });
    transcript.push(output);
    const code = Number(fs.readFileSync(file, "utf8"));
    fs.rmSync(file);
    expect(output.split("\n").filter((line) => line.length > 80 && !/\S{60}/.test(line))).to.deep.equal([]);
    return { code, text: output.replace(/\s+/g, " ") };
}

describe("npm run doctor", () => {
    let registry: Registry;
    let repository: string;
    let hubBefore: Config;
    let chart: string | undefined;

    before(async () => {
        await destroyProtected("dr");
        registry = await openRegistry([...Object.values(argoCdImages), "agent:1.0.0"]);
        repository = await copyAgentRepository("doctor");
        await changeAgentFile(
            "helm/values.yaml",
            (text) => text.replace("ghcr.io/example/agent", `${registry.host}/agent`).replace('tag: ""', 'tag: "1.0.0"'),
            repository,
        );
        const copies = Object.entries(argoCdImages).map(([key, name]) => [key, `${registry.host}/${name}`]);
        const pods = { images: Object.fromEntries(copies) as Record<string, string> };
        changeInLab("hub", (config) => {
            hubBefore = config;
            const agent = config["hubspoke:agent"] as object;
            return { ...config, "hubspoke:agent": { ...agent, repository: agentRepositoryUrl(repository) } };
        });
        const { path: ownChart } = (hubBefore["hubspoke:chart"] ?? {}) as { path?: string };
        chart = ownChart === undefined ? undefined : chartWithImagesAt(ownChart, registry.host);
        writeOtherHub(stack, "dr", { "hubspoke:pods": pods, ...(chart && { "hubspoke:chart": { path: chart } }) });
        await pulumiOk(stack as never, "stack", "init");
    });

    after(async () => {
        await registry.close();
        await pulumiOk(stack as never, "stack", "rm", "--yes", "--preserve-config");
        removeStackFile(stack);
        changeInLab("hub", () => hubBefore);
        fs.rmSync(repository, { recursive: true });
        if (chart !== undefined) {
            fs.rmSync(path.dirname(chart), { recursive: true });
        }
        await publishAgentRepository();
        await pulumiOk("dr", "up", "--yes", "--skip-preview");
        await waitForApplications(["agent-dr"]);
    });

    const follows = changedCluster("dr", (own) => ({ ...own, revision: "main" }));

    it("finds nothing missing for a fresh hub, and for a fresh cluster", async () => {
        await withConfig("dr", follows, async () => {
            const { code, text } = await doctor([stack, "dr"]);
            expect(code, text).to.equal(0);
            expect(text).to.include("0 missing, 0 not checked");
            expect(text).to.match(/cluster: the rights for \d+ objects/);
            expect(text).to.match(/clusters\.dr: the rights for \d+ objects/);
            expect(text).to.include(`image ${registry.host}/argoproj/argocd:`);
            expect(text).to.include(`image ${registry.host}/agent:1.0.0`);
            expect(text).to.include("agent-dr: the chart at main, with its values");
        });
        expect(await kubectl("dr", ["get", "namespaces", "--output=name"])).not.to.include("argocd");
    });

    it("finds nothing missing for an identity with the documented rights", async () => {
        const reader = await restrictedKubeconfig("doctor", { hub: "hub.yaml", dr: "spoke.yaml" });
        try {
            await withConfig("dr", follows, async () => {
                const { code, text } = await doctor(["dr"], { KUBECONFIG: reader.file });
                expect(code, text).to.equal(0);
                expect(text).to.include("as system:serviceaccount:doctor:doctor");
            });
        } finally {
            await reader.remove();
        }
    });

    it("names the rights, the kinds, the values file and the image that are missing, and changes nothing", async () => {
        const reader = await restrictedKubeconfig("newcomer", { hub: "hub.yaml", dr: noRights });
        await changeAgentFile("helm/values.yaml", (text) => text.replace('tag: "1.0.0"', 'tag: "9.9.9"'), repository);
        const vault = { type: "vault", server: "https://vault.example.com" };
        const broken = (config: Config) => ({
            ...follows(config),
            "hubspoke:secrets": { operator: { source: "existing" }, store: vault },
        });
        try {
            await withConfig("dr", broken, async () => {
                const { code, text } = await doctor(["dr"], { KUBECONFIG: reader.file });
                expect(code, text).to.equal(1);
                expect(text).to.match(/may not in namespace agent: [^→]*create, get[^→]*resourcequotas/);
                expect(text).to.match(/may not grant Argo CD in namespace agent: [^→]*deployments\.apps/);
                expect(text).to.include("→ Give it the rights in docs/rbac/spoke.yaml");
                expect(text).to.include("the cluster does not serve external-secrets.io/v1 SecretStore");
                expect(text).to.include(`image ${registry.host}/agent:9.9.9: ${registry.host} has no such manifest`);
            });
            await withConfig("dr", (config) => ({ ...follows(config), "hubspoke:environment": "other" }), async () => {
                const { code, text } = await doctor(["dr"]);
                expect(code, text).to.equal(1);
                expect(text).to.include("agent-dr: the chart at main has no values-other.yaml → Add it");
            });
        } finally {
            await reader.remove();
        }
        const gone = await doctor(["no-such-stack"]);
        expect(gone.code).to.equal(1);
        expect(gone.text).to.include("the stack no-such-stack does not exist");
    });
});
