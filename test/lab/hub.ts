import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { hash } from "bcryptjs";
import { agentRepositoryUrl, announcePush, changeAgentFile, findArgoCd, startArgoCd } from "../../lab/argocd";
import { openSession } from "../../lab/argocd/api";
import { kubectl } from "../../lab/kubectl";
import { kubeconfigPath } from "../../lab/paths";
import { findProcess, run, waitFor } from "../../lab/processes";
import { toolPath } from "../../lab/tools";
import { expectedApplications } from "../../lab/stacks/overlay";
import { adminPassword } from "../../lab/stacks/pulumi";
import { waitForApplications } from "../../lab/waiting";
import { signOnValues } from "../../components/argoCd/signOn";
import { ArgoCdCli } from "./support/argocdCli";
import { brokenBudgets, componentStates } from "./support/components";
import { type GitGate, openGitGate } from "./support/gitGate";
import { previewAndUp } from "./support/hubChanges";
import { type Config, getObject, namesOf, pulumi, pulumiOk, withConfig } from "./support/lab";

const hubUp = () => pulumiOk("hub", "up", "--yes", "--skip-preview");

function serverUrl(): string {
    const url = findArgoCd()?.serverUrl;
    if (url === undefined) {
        throw new Error("argocd-server does not run");
    }
    return url;
}

/** The status with which argocd-server answers. */
async function status(route: string, token?: string, method = "GET"): Promise<number> {
    const headers = {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const body = method === "POST" ? "{}" : undefined;
    return (await fetch(`${serverUrl()}${route}`, { method, headers, body })).status;
}

describe("the destroy of the hub", () => {
    it("is refused while clusters are registered, with their names, and changes nothing", async () => {
        const { ok, output } = await pulumi("hub", "destroy", "--yes", "--skip-preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/3 clusters are registered, and their agents would be deleted too/);
        for (const stack of ["dr", "prod", "staging"]) {
            expect(output).to.include(`${stack} (stack organization/hubspoke/${stack})`);
        }
        expect(output).not.to.match(/[1-9]\d* deleted/);
        await pulumiOk("hub", "preview", "--expect-no-changes");
    });
});

describe("the hub under another domain", () => {
    it("has a preview of what up then does: updates, and nothing is replaced", async () => {
        const { there, back } = await previewAndUp({ domain: "other.example.com" });
        expect(there.done).to.deep.equal(there.announced);
        expect(back.done).to.deep.equal(back.announced);
        expect(new Set(Object.values(there.done))).to.deep.equal(new Set(["update"]));
    });
});

describe("a hub that loses a node", () => {
    const node = "hub-a";

    it("keeps every component available, and evicts no last replica", async () => {
        const replicated = (await componentStates()).filter(({ wanted }) => wanted > 1).map(({ name }) => name);
        expect(replicated).to.include.members([
            "argocd-application-controller",
            "argocd-applicationset-controller",
            "argocd-redis-ha-haproxy",
            "argocd-redis-ha-server",
            "argocd-repo-server",
            "argocd-server",
        ]);
        const drain = { done: false };
        const flags = ["--ignore-daemonsets", "--delete-emptydir-data", "--timeout=50s"];
        const drained = kubectl("hub", ["drain", node, ...flags]).finally(() => (drain.done = true));
        try {
            const least = new Map<string, number>();
            const broken = new Set<string>();
            while (!drain.done) {
                for (const { name, ready } of await componentStates()) {
                    least.set(name, Math.min(ready, least.get(name) ?? ready));
                }
                (await brokenBudgets()).forEach((name) => broken.add(name));
            }
            await drained;
            expect([...broken]).to.deep.equal([]);
            for (const { name, wanted } of (await componentStates()).filter(({ wanted }) => wanted > 1)) {
                expect(least.get(name), name).to.be.at.least(wanted - 1);
            }
            await waitFor(
                "every component to be whole, but for Redis, which stays off the other two hosts",
                async () => {
                    const short = (await componentStates()).filter(
                        ({ name, wanted, ready }) => ready < (name.includes("redis") ? 2 : wanted),
                    );
                    const seen = short.map(({ name, ready, wanted }) => `${name} ${ready}/${wanted}`).join(", ");
                    return short.length === 0 ? { done: true } : { seen };
                },
                { timeoutMs: 30_000 },
            );

            const preview = await pulumiOk("hub", "preview");
            expect(preview).to.match(/warning: hubspoke:availability: "ha" needs 3 .*and the hub has 2/);
        } finally {
            await drained.catch(() => undefined);
            await kubectl("hub", ["uncordon", node]);
        }
    });
});

describe("a hub that is installed for the first time, with too few nodes", () => {
    const node = "staging-a";
    const status = ["configmap", "cluster-autoscaler-status", "--namespace=kube-system"];
    const elsewhere = (config: Config) => ({ ...config, "hubspoke:cluster": { context: "staging" } });
    const preview = () => withConfig("hub", elsewhere, () => pulumi("hub", "preview"));
    before(() => kubectl("staging", ["cordon", node]));
    after(() => kubectl("staging", ["uncordon", node]));

    it("is refused, unless an autoscaler adds nodes", async () => {
        const { ok, output } = await preview();
        expect(ok, output).to.equal(false);
        expect(output).to.match(/needs 3 schedulable nodes, and the hub has 2 and no autoscaler/);
        await kubectl("staging", ["create", ...status]);
        try {
            expect((await preview()).output).to.match(/warning: .*waits until cluster-autoscaler has added/);
        } finally {
            await kubectl("staging", ["delete", ...status]);
        }
    });
});

describe("a log-in to Argo CD", () => {
    let cli: ArgoCdCli;
    before(() => (cli = new ArgoCdCli(serverUrl())));
    after(() => cli.close());

    it("is possible only for the generated admin", async () => {
        const password = await adminPassword();
        for (const [user, wrong] of [["admin", "admin"], ["root", password]] as const) {
            const { ok, output } = await cli.logIn(user, wrong);
            expect(ok, user).to.equal(false);
            expect(output).to.match(/Invalid username or password/);
        }
        expect((await cli.run("app", "list")).ok, "without a session").to.equal(false);
        expect(await status("/api/v1/applications")).to.equal(401);

        const { ok, output } = await cli.logIn("admin", password);
        expect(ok, output).to.equal(true);
        expect(output).to.include("'admin:login' logged in successfully");
        expect((await cli.run("app", "list", "--output=name")).output).to.include("argocd/agent-prod");
    });

    it("allows each role what the policy gives it, and allows nothing by default", async () => {
        const accounts = ["reader", "runner", "nobody"];
        const password = "a password of the test alone";
        const bcrypt = Buffer.from(await hash(password, 4)).toString("base64");
        const patch = (kind: string, name: string, data: Record<string, string | null>) =>
            kubectl("hub", ["patch", kind, name, "--namespace=argocd", "--type=merge", "-p", JSON.stringify({ data })]);
        const each = (key: (account: string) => string, value: string | null) =>
            Object.fromEntries(accounts.map((account) => [key(account), value]));
        const policy = (await getObject("hub", "argocd", "configmap", "argocd-rbac-cm")).data?.["policy.csv"] ?? "";
        const cm = (account: string) => `accounts.${account}`;
        const secret = (account: string) => `accounts.${account}.password`;
        try {
            await patch("configmap", "argocd-cm", each(cm, "login"));
            await patch("secret", "argocd-secret", each(secret, bcrypt));
            const groups = "g, reader, role:readonly\ng, runner, role:operator";
            await patch("configmap", "argocd-rbac-cm", { "policy.csv": `${policy}\n${groups}` });
            const tokens = await waitFor(
                "the test's accounts",
                async () => {
                    const sessions = accounts.map((user) => openSession(serverUrl(), user, password));
                    return { done: await Promise.all(sessions) };
                },
                { timeoutMs: 30_000 },
            );
            const [reader, runner, nobody] = tokens;
            const route = "/api/v1/applications/agent-prod";
            await waitFor(
                "the test's policy",
                async () => {
                    const seen = await status(route, reader);
                    return seen === 200 ? { done: true } : { seen: `status ${seen}` };
                },
                { timeoutMs: 30_000 },
            );
            expect(await status(`${route}/sync`, reader, "POST"), "a reader's sync").to.equal(403);
            expect((await cli.logIn("reader", password)).ok, "a reader's log-in").to.equal(true);
            expect((await cli.run("app", "get", "agent-prod")).output).to.match(/Name: +argocd\/agent-prod/);
            const refused = await cli.run("app", "sync", "agent-prod");
            expect(refused.ok, refused.output).to.equal(false);
            expect(refused.output).to.match(/permission denied: applications, sync, agent\/agent-prod/);
            expect(await status(route, reader, "DELETE"), "a reader's deletion").to.equal(403);
            expect(await status(`${route}/sync`, runner, "POST"), "an operator's sync").to.equal(200);
            expect(await status(route, runner, "DELETE"), "an operator's deletion").to.equal(403);
            expect(await status(route, nobody), "a user without role").to.equal(403);
        } finally {
            await patch("configmap", "argocd-rbac-cm", { "policy.csv": policy });
            await patch("secret", "argocd-secret", each(secret, null));
            await patch("configmap", "argocd-cm", each(cm, null));
        }
        await waitForApplications(expectedApplications());
    });

    it("gives a group of single sign-on its role and no other", async () => {
        const oidc = { name: "x", issuer: "https://x", clientId: "x", clientSecret: "x", scopes: [] };
        const groups = { platform: "admin", 'the "on-call"': "operator", everyone: "readonly" } as const;
        const { rbac } = signOnValues({ oidc, groups }, "https://argocd.example.com").configs;
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "policy-"));
        const file = path.join(folder, "policy.csv");
        fs.writeFileSync(file, rbac["policy.csv"]);
        const can = async (group: string, action: string, resource: string, object: string) => {
            const args = ["admin", "settings", "rbac", "can", group, action, resource, object, "--policy-file", file];
            const cluster = { env: { KUBECONFIG: kubeconfigPath }, timeoutMs: 30_000 };
            const { stdout, output } = await run(toolPath("argocd"), [...args, "--context=hub"], cluster);
            expect(stdout.trim(), output).to.match(/^(Yes|No)$/);
            return stdout.trim();
        };
        try {
            const answers = await Promise.all([
                can("platform", "delete", "applications", "agent/agent-prod"),
                can('the "on-call"', "sync", "applications", "agent/agent-prod"),
                can('the "on-call"', "delete", "applications", "agent/agent-prod"),
                can("everyone", "get", "applications", "agent/agent-prod"),
                can("everyone", "sync", "applications", "agent/agent-prod"),
                can("strangers", "get", "applications", "agent/agent-prod"),
            ]);
            expect(answers).to.deep.equal(["Yes", "Yes", "No", "Yes", "No", "No"]);
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });
});

/** Gives the agent on staging one replica more in Git, announces that, and waits until it is so on staging. */
async function deliverOneMore(): Promise<void> {
    const before = await getObject("staging", "agent", "deployment", "agent");
    const wanted = (before.spec?.replicas ?? 0) + 1;
    const revision = await changeAgentFile("helm/values-staging.yaml", (text) =>
        text.replace(/^replicas: \d+$/m, `replicas: ${wanted}`),
    );
    expect(revision.changed).to.deep.equal(["helm/values-staging.yaml"]);
    await announcePush(agentRepositoryUrl(), revision);
    await waitFor(
        `${wanted} replicas on staging`,
        async () => {
            const { spec, metadata } = await getObject("staging", "agent", "deployment", "agent");
            expect(metadata.uid).to.equal(before.metadata.uid);
            return spec?.replicas === wanted ? { done: true } : { seen: `${spec?.replicas} replicas` };
        },
        { timeoutMs: 120_000 },
    );
}

describe("a lost Redis", () => {
    after(() => startArgoCd(() => undefined));

    it("loses nothing: changes in Git arrive while it is unavailable, and after it", async () => {
        const redis = findProcess("argocd-redis");
        expect(redis, "Redis runs").not.to.equal(undefined);
        process.kill(redis!.pid, "SIGKILL");
        await waitFor(
            "the end of Redis",
            () => Promise.resolve(findProcess("argocd-redis") === undefined ? { done: true } : { seen: "it runs" }),
            { timeoutMs: 10_000 },
        );
        await deliverOneMore();
        expect(findProcess("argocd-redis")).to.equal(undefined);
        await startArgoCd(() => undefined);
        await deliverOneMore();
        await waitForApplications(expectedApplications());
    });
});

const healthy = "all Applications are Synced and Healthy";

/** How the lab's wait for the Applications ends, again and again until it ends as it should. */
function waitEndsWith(right: RegExp): Promise<string | undefined> {
    return waitFor<string | undefined>(
        `the wait for Applications to end with ${right.source}`,
        async () => {
            const outcome = await waitForApplications(expectedApplications()).then(
                () => healthy,
                (reason: Error) => reason.message,
            );
            return right.test(outcome) ? { done: outcome } : { seen: outcome };
        },
        { timeoutMs: 120_000, intervalMs: 500 },
    );
}

/** Argo CD looks at a repository's credential when it next compares; this is `argocd app get --refresh`. */
async function refreshApplications(): Promise<void> {
    const annotation = "argocd.argoproj.io/refresh=normal";
    await kubectl("hub", ["annotate", "applications", "--all", "--namespace=argocd", "--overwrite", annotation]);
}

describe("a hub that is not a lab, with a private repository", () => {
    const token = "a-token-of-the-test-alone";
    let gate: GitGate;
    let settings: (config: Config) => Config;
    before(async () => {
        gate = await openGitGate(agentRepositoryUrl(), token);
        settings = (config) => ({
            ...config,
            "hubspoke:lab": false,
            "hubspoke:agent": { ...(config["hubspoke:agent"] as Config), repository: gate.url },
        });
        await withConfig("hub", settings, hubUp);
    });
    after(async () => {
        await hubUp();
        await gate.close();
        await refreshApplications();
        await waitEndsWith(new RegExp(healthy));
    });

    it("is protected from a destroy, whatever is registered", async () => {
        const { ok, output } = await pulumi("hub", "destroy", "--yes", "--skip-preview");
        expect(ok, output).to.equal(false);
        expect(output).to.match(/hub-guard.*cannot be deleted\s+because it is protected/);
        expect(await namesOf("hub", "argocd", "applications")).to.include.members(["agent-prod", "agent-dr"]);
        expect(await namesOf("hub", "argocd", "applicationsets")).to.include("agent");
        expect(await namesOf("hub", "argocd", "appprojects")).to.include("agent");
        expect(await namesOf("hub", "argocd", "deployments")).to.include("argocd-server");
        expect(await namesOf("hub", "argocd", "secrets")).to.include("argocd-redis");
    });

    it("shows Argo CD's own error if the repository's credential is missing", async () => {
        await refreshApplications();
        const error = await waitEndsWith(/may not read/);
        expect(error).to.match(/Argo CD may not read a repository: agent-\w+ .*authentication required/);
    });

    it("reads it with the credential of the settings", async () => {
        const repositories = { agent: { url: gate.url, token } };
        const withCredential = (config: Config) => ({ ...settings(config), "hubspoke:repositories": repositories });
        await withConfig("hub", withCredential, hubUp);
        await refreshApplications();
        await waitEndsWith(new RegExp(healthy));
    });
});
