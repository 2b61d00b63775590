import { expect } from "chai";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { parse } from "yaml";
import { argoCdCliEnvironment, logIn } from "../../lab/argocd/login";
import { kubeconfigPath, projectRoot } from "../../lab/paths";
import { run } from "../../lab/processes/run";
import { projectDir, pulumiEnvironment } from "../../lab/stacks/environment";
import { adminPassword } from "../../lab/stacks/pulumi";
import { certManagerChart } from "../../lab/tools";
import { waitForApplications } from "../../lab/waiting";
import { transcript } from "./support/lab";
import { notInTheLab, runbookCommands, withoutKubelet } from "./support/runbookCommands";

/** Commands whose answer may be empty: no difference, no window, no pod that does not run, a setting that is set. */
const mayBeEmpty = /^git diff |app diff |syncWindows|status\.phase!=Running|^pulumi config set /;

/** An agent as FastAPI serves it: it knows GET and no other method. */
async function agent(): Promise<{ url: string; close: () => void }> {
    const server = http.createServer(({ method }, response) => {
        response.writeHead(method === "GET" ? 200 : 405).end(method === "GET" ? '{"status":"ok"}' : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}

/** Where prod's API server listens, as `host:port`: a server with TLS in the place of the agent's public name. */
function prodAddress(): string {
    const { clusters } = parse(fs.readFileSync(kubeconfigPath, "utf8")) as {
        clusters: { name: string; cluster: { server: string } }[];
    };
    return new URL(clusters.find(({ name }) => name.includes("prod"))?.cluster.server ?? "").host;
}

/** The revision that prod is pinned to: the one before a bad one, as far as the lab has any. */
function revisionOfProd(): string {
    const file = fs.readFileSync(path.join(projectDir, "Pulumi.prod.yaml"), "utf8");
    const { config } = parse(file) as { config: { "hubspoke:clusters": { prod: { revision: string } } } };
    return config["hubspoke:clusters"].prod.revision;
}

describe("the commands of the runbooks", () => {
    let served: Awaited<ReturnType<typeof agent>>;
    before(async () => {
        served = await agent();
        // A test before this one may have ended the session, with the local admin off and on again.
        await logIn(adminPassword);
    });
    after(async () => {
        served.close();
        await waitForApplications(["agent-staging", "agent-prod", "agent-dr"]);
    });

    /** A page's command with what the lab has in the place of example.com. */
    const here = (command: string) =>
        withoutKubelet(command)
            .replace(/https:\/\/agent(\.prod)?\.example\.com/, served.url)
            .replace("agent.prod.example.com:443", prodAddress())
            .replace("v1.2.2", revisionOfProd());

    const env = () => ({ ...pulumiEnvironment(), ...argoCdCliEnvironment, PULUMI_SKIP_CONFIRMATIONS: "true" });
    const pages = new Map<string, string>();
    for (const { page, command } of runbookCommands()) {
        if (!notInTheLab.some((other) => other.command.test(command))) {
            pages.set(command, [pages.get(command), page].filter(Boolean).join(", "));
        }
    }
    for (const [command, page] of pages) {
        it(`of ${page}: ${command}`, async () => {
            const script = here(command);
            const result = await run("bash", ["-o", "pipefail", "-c", script], { cwd: projectRoot, env: env(), timeoutMs: 600_000 });
            transcript.push(result.output);
            expect(result.ok, `${script}\n${result.output}`).to.equal(true);
            if (!mayBeEmpty.test(command)) {
                expect(result.stdout.trim(), `${script}\n${result.output}`).not.to.equal("");
            }
            if (command.startsWith("curl ")) {
                expect(result.stdout).to.match(/\b200\b/);
            }
        });
    }

    it("name cert-manager's kinds and its controller's label like its chart", async () => {
        const chart = await certManagerChart();
        const files = fs.readdirSync(chart, { recursive: true, encoding: "utf8" }).map((file) => path.join(chart, file));
        const text = files.filter((file) => fs.statSync(file).isFile()).map((file) => fs.readFileSync(file, "utf8")).join("\n");
        for (const plural of ["certificates", "certificaterequests", "orders", "challenges"]) {
            expect(text).to.match(new RegExp(`plural: ${plural}$`, "m"));
        }
        expect(text).to.include("app.kubernetes.io/name: {{ include \"cert-manager.name\" . }}");
    });
});
