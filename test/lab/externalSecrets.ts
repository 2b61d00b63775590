import { expect } from "chai";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as https from "node:https";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { storeProvider } from "../../components/applications/secretStore";
import type { ClusterName } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import { type Look, waitFor } from "../../lab/processes";
import { argoCdSession } from "../../lab/session";
import { backendDir } from "../../lab/stacks/environment";
import { waitForApplications } from "../../lab/waiting";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { buildLimitMs } from "./support/buildLimit";
import { waitForState } from "./support/delivery";
import { getObject, namesOf, pulumiOk, withConfig } from "./support/lab";
import { startSecretsOperator, stopSecretsOperator } from "./support/secretsOperator";
import { makeStore, removeStore, type Store, type Values, writeSecret } from "./support/secretStore";

const environments = ["staging", "prod"] as const;
type Environment = (typeof environments)[number];

/** Values that stand nowhere but in a store: they are others in each run. */
const mark = randomBytes(8).toString("hex");
const passwordOf = (environment: Environment) => `password-of-${environment}-${mark}`;
const keyOf = (environment: Environment) => `key-of-${environment}-${mark}`;
const valuesOf = (environment: Environment): Values => ({
    database: { password: passwordOf(environment) },
    model: { key: keyOf(environment) },
});

const stores = new Map<Environment, Store>();

/** Brings an environment up whose secrets are in a namespace of the hub, as a person would: with a secret token. */
async function bringUpWithStore(environment: Environment, namespace: string): Promise<void> {
    const { server, ca, token } = stores.get(environment)!;
    const store = { type: "kubernetes", namespace, cluster: { server, ca } };
    const secrets = { operator: { source: "existing" }, store };
    await withConfig(environment, (config) => ({ ...config, "hubspoke:secrets": secrets }), async () => {
        const at = "hubspoke:secrets.store.cluster.token";
        await pulumiOk(environment, "config", "set", "--secret", "--path", at, token);
        await bringUp(environment);
    });
}

async function bringUp(environment: Environment): Promise<void> {
    await pulumiOk(environment, "up", "--yes", "--skip-preview");
}

/** The Secret that the agent's pods have as environment variables; nothing where there is none. */
async function agentSecret(cluster: Environment): Promise<Record<string, string> | undefined> {
    if (!(await namesOf(cluster, "agent", "secrets")).includes("agent")) {
        return undefined;
    }
    const { data = {} } = await getObject(cluster, "agent", "secret", "agent");
    return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
    );
}

async function waitForPassword(cluster: Environment, password: string): Promise<void> {
    await waitFor(
        `the agent's password on ${cluster}`,
        async (): Promise<Look<true>> => {
            const seen = (await agentSecret(cluster))?.DATABASE_PASSWORD;
            return seen === password ? { done: true } : { seen: String(seen) };
        },
        { timeoutMs: 60_000 },
    );
}

/** Has the operator read the store now, as docs/secrets.md says. */
async function readNow(cluster: ClusterName): Promise<void> {
    const mark = `force-sync=${Date.now()}`;
    await kubectl(cluster, ["annotate", "externalsecret", "agent", mark, "--overwrite", "--namespace=agent"]);
}

/** What Argo CD says of the ExternalSecret in an Application's tree. */
async function healthOfExternalSecret(cluster: Environment): Promise<{ status: string; message?: string } | undefined> {
    const session = await argoCdSession();
    if ("unavailable" in session) {
        throw new Error(session.unavailable);
    }
    const { nodes } = (await session.get(`/api/v1/applications/agent-${cluster}/resource-tree`)) as {
        nodes: { kind: string; health?: { status: string; message?: string } }[];
    };
    return nodes.find(({ kind }) => kind === "ExternalSecret")?.health;
}

/** Asks the store's API server with an environment's token for another's Secret. */
async function ask(asking: Environment, namespace: string): Promise<number> {
    const { server, ca, token } = stores.get(asking)!;
    const headers = { authorization: `Bearer ${token}` };
    return new Promise((resolve, reject) => {
        https
            .get(`${server}/api/v1/namespaces/${namespace}/secrets/database`, { ca, headers }, (response) => {
                response.resume();
                resolve(response.statusCode ?? 0);
            })
            .on("error", reject);
    });
}

describe("the agent's secrets", () => {
    before(async function () {
        this.timeout(buildLimitMs);
        for (const environment of environments) {
            stores.set(environment, await makeStore(environment, valuesOf(environment)));
        }
        await Promise.all(environments.map(startSecretsOperator));
    });

    after(async () => {
        await Promise.all(environments.map(bringUp));
        await waitForApplications(environments.map((environment) => `agent-${environment}`));
        await Promise.all(environments.map(stopSecretsOperator));
        await Promise.all(environments.map(removeStore));
    });

    it("of prod cannot be read on staging: the store refuses, and the Application reports it", async () => {
        expect(await ask("staging", "store-staging")).to.equal(200);
        expect(await ask("staging", "store-prod")).to.equal(403);
        expect(await ask("prod", "store-staging")).to.equal(403);

        // A mistake in staging's stack file, or an intent.
        await bringUpWithStore("staging", "store-prod");
        await waitForState("staging", { health: "Degraded" });
        const health = await healthOfExternalSecret("staging");
        expect(health?.status).to.equal("Degraded");
        expect(health?.message).to.be.a("string").that.is.not.empty;
        const { status } = (await getObject("staging", "agent", "secretstore", "agent")) as unknown as {
            status: { conditions: { message: string }[] };
        };
        expect(JSON.stringify(status.conditions)).to.include("client is not allowed to get secrets");
        expect(await agentSecret("staging")).to.equal(undefined);
    });

    it("arrive from the environment's own store, through neither Git nor Pulumi's state", async () => {
        await Promise.all(
            environments.map((environment) => bringUpWithStore(environment, `store-${environment}`)),
        );
        await waitFor("the ExternalSecret of prod", async (): Promise<Look<true>> => {
            const names = await namesOf("prod", "agent", "externalsecrets");
            return names.includes("agent") ? { done: true } : { seen: names.join(", ") };
        }, { timeoutMs: 60_000 });
        await readNow("staging");
        for (const environment of environments) {
            await waitForPassword(environment, passwordOf(environment));
            expect(await agentSecret(environment)).to.deep.equal({
                DATABASE_PASSWORD: passwordOf(environment),
                MODEL_API_KEY: keyOf(environment),
            });
            const { spec } = await getObject(environment, "agent", "deployment", "agent");
            expect(JSON.stringify(spec)).to.include('"secretRef":{"name":"agent"}');
        }
        await waitForApplications(environments.map((environment) => `agent-${environment}`));

        const kept = fs
            .readdirSync(backendDir, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8"))
            .join("\n");
        for (const { token } of stores.values()) {
            expect(kept.includes(token), "a store's token in the state").to.equal(false);
        }
        expect(kept).not.to.include(mark);
    });

    it("follow a changed value in the store", async () => {
        await writeSecret("store-staging", "database", { password: `rotated-${mark}` });
        await readNow("staging");
        await waitForPassword("staging", `rotated-${mark}`);
        expect((await agentSecret("prod"))?.DATABASE_PASSWORD).to.equal(passwordOf("prod"));
    });

    it("may come from any kind of store: the operator's schema accepts the program's object for each", async () => {
        const ca = stores.get("prod")!.ca;
        const kinds: object[] = [
            { type: "vault", server: "https://vault.example.com:8200" },
            { type: "vault", server: "https://vault.example.com:8200", namespace: "team", ca, version: "v1" },
            {
                type: "vault",
                server: "https://vault.example.com:8200",
                caProvider: { type: "ConfigMap", name: "vault-ca" },
            },
            { type: "kubernetes", namespace: "agent-secrets" },
            { type: "kubernetes", namespace: "agent-secrets", cluster: { server: "https://s.example.com", ca, token: "t" } },
            { type: "aws", region: "eu-west-1", roleArn: "arn:aws:iam::111122223333:role/agent" },
            { type: "gcp", project: "agent", serviceAccount: "agent@agent.iam.gserviceaccount.com" },
            {
                type: "azure",
                vaultUrl: "https://agent.vault.azure.net",
                clientId: "11111111-2222-4333-8444-555555555555",
                tenantId: "99999999-2222-4333-8444-555555555555",
            },
        ];
        const objects = kinds.map((store, index) => {
            const clusters = { prod: { context: "prod", labels: { region: "eu" } } };
            const settings = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters, secrets: { store } };
            const { secrets } = parseSettings(settings) as EnvironmentSettings;
            const provider: unknown = storeProvider(secrets!.store, { environment: "prod", cluster: "prod" });
            const metadata = { name: `store-${index}`, namespace: "agent" };
            return { apiVersion: "external-secrets.io/v1", kind: "SecretStore", metadata, spec: { provider } };
        });
        const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "lab-stores-")), "stores.yaml");
        fs.writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"));
        const output = await kubectl("prod", ["apply", "--dry-run=server", "--validate=strict", `--filename=${file}`]);
        fs.rmSync(path.dirname(file), { recursive: true });
        expect(output.trim().split("\n")).to.have.length(kinds.length);
    });
});
