import { expect } from "chai";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { kubeconfigPath, labDir } from "../../lab/paths";
import type { StackName } from "../../lab/stacks/project";
import { changedCluster, type Config, type Outcome, pulumiWith, pulumiWithConfig } from "./support/lab";
import { noteSecret } from "./support/secrets";

/** Settings without one of them. */
function without(key: string): (settings: Config) => Config {
    return (settings) => Object.fromEntries(Object.entries(settings).filter(([name]) => name !== key));
}

/** A kubeconfig with one of the lab's contexts, with another user and a changed cluster. */
function kubeconfigOf(context: string, user: Config, cluster: Config = {}): string {
    const whole = parse(fs.readFileSync(kubeconfigPath, "utf8")) as {
        users: { name: string; user: Config }[];
        clusters: { name: string; cluster: Config }[];
    };
    const find = <T extends { name: string }>(all: T[]) => all.filter(({ name }) => name === context);
    return stringify({
        ...whole,
        users: find(whole.users).map((entry) => ({ ...entry, user })),
        clusters: find(whole.clusters).map((entry) => ({ ...entry, cluster: { ...entry.cluster, ...cluster } })),
        "current-context": context,
    });
}

interface Case {
    readonly name: string;
    readonly stack: StackName;
    readonly change: (config: Config) => Config;
    readonly error: RegExp;
}

const spoke = (change: (settings: Config) => Config) => changedCluster("staging", change);

const cases: Case[] = [
    {
        name: "an unknown role",
        stack: "staging",
        change: (config) => ({ ...config, "hubspoke:role": "spoke" }),
        error: /hubspoke:role: is missing or unknown\. Write "hub" or "environment"/,
    },
    {
        name: "a context that is missing",
        stack: "staging",
        change: spoke(without("context")),
        error: /hubspoke:clusters\.staging: must have exactly one of context and kubeconfig/,
    },
    {
        name: "a context that the kubeconfig lacks",
        stack: "staging",
        change: spoke((settings) => ({ ...settings, context: "stagging" })),
        error: /hubspoke:clusters\.staging\.context: the kubeconfig has no context "stagging"\. It has: /,
    },
    {
        name: "two clusters at one URL",
        stack: "staging",
        change: (config) => ({
            ...config,
            "hubspoke:clusters": {
                ...(config["hubspoke:clusters"] as Config),
                twin: { context: "staging", labels: { region: "eu" } },
            },
        }),
        error: /hubspoke:clusters\.twin: has the same API server as clusters\.staging/,
    },
    {
        name: "a cluster that another stack registered",
        stack: "staging",
        change: (config) => ({
            ...config,
            "hubspoke:clusters": { prod: { context: "staging", labels: { region: "eu" } } },
        }),
        error: /hubspoke:clusters\.prod: the hub already has a cluster "prod" at .*of stack \S+\/hubspoke\/prod/,
    },
    {
        name: "a label that Kubernetes refuses",
        stack: "staging",
        change: spoke((settings) => ({ ...settings, labels: { region: "eu west" } })),
        error: /hubspoke:clusters\.staging\.labels\.region: is not a valid label value/,
    },
    {
        name: "a kubeconfig without credentials",
        stack: "staging",
        change: spoke((settings) => ({
            ...without("context")(settings),
            kubeconfig: kubeconfigOf("staging", {}),
        })),
        error: /hubspoke:clusters\.staging: context "staging" has no credentials/,
    },
    {
        name: "an API server that cannot be reached, by its name",
        stack: "staging",
        change: spoke((settings) => ({
            ...without("context")(settings),
            // Nobody serves port 1, tcpmux, on a machine of today.
            kubeconfig: kubeconfigOf("staging", { token: "none" }, { server: "https://127.0.0.1:1" }),
        })),
        error: /hubspoke:clusters\.staging: the API server https:\/\/127\.0\.0\.1:1 cannot be reached/,
    },
    {
        name: "an environment whose hub is not up",
        stack: "staging",
        change: (config) => ({
            ...config,
            "hubspoke:hub": { ...(config["hubspoke:hub"] as Config), stack: "organization/hubspoke/nowhere" },
        }),
        error: /unknown stack "organization\/hubspoke\/nowhere"/,
    },
    {
        name: "a chart that does not exist",
        stack: "hub",
        change: (config) => ({ ...config, "hubspoke:chart": { path: "./no-such-chart" } }),
        error: /no-such-chart/,
    },
    {
        name: "a chart that is older than the program knows",
        stack: "hub",
        change: (config) => ({ ...config, "hubspoke:chart": { version: "8.5.10" } }),
        error: /hubspoke:chart\.version: chart 8\.5\.10 is older than 8\.6\.0.*Write "8\.6\.0" or newer/,
    },
    {
        name: "single sign-on without issuer",
        stack: "hub",
        change: (config) => ({ ...config, "hubspoke:access": { oidc: { clientId: "a", clientSecret: "b" } } }),
        error: /hubspoke:access\.oidc\.issuer: is missing or not a valid HTTPS URL of an issuer/,
    },
    {
        name: "default providers that are not disabled",
        stack: "staging",
        change: without("pulumi:disable-default-providers"),
        error: /pulumi:disable-default-providers: must list kubernetes/,
    },
];

/** Previews that run at once, on two cores. */
const atOnce = 3;

describe("bad input", () => {
    const outcomes = new Map<string, Outcome>();
    before(async () => {
        const waiting = [...cases];
        const previewAll = async () => {
            for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
                outcomes.set(next.name, await pulumiWithConfig(next.change, next.stack, "preview"));
            }
        };
        await Promise.all(Array.from({ length: atOnce }, previewAll));
    });

    for (const { name, error } of cases) {
        it(`is refused in a preview: ${name}`, () => {
            const { ok = true, output = "was not run" } = outcomes.get(name) ?? {};
            expect(ok, output).to.equal(false);
            expect(output).to.match(error);
        });
    }

    // Made anew for each run: the search for secrets reads this file too.
    const token = randomBytes(24).toString("base64url");
    const broken = `apiVersion: v1\nkind: Config\nusers:\n- name: staging\n  user:\n    token: ${token}\n   client: [\n`;

    it("is refused without a word of its contents: a kubeconfig that cannot be read", async () => {
        noteSecret("the token in a kubeconfig that cannot be read", token);
        const file = path.join(labDir, "broken-kubeconfig");
        fs.writeFileSync(file, broken);
        const { ok, output } = await pulumiWith({ KUBECONFIG: file }, "staging", "preview");
        fs.rmSync(file);
        expect(ok, output).to.equal(false);
        expect(output).to.include(`hubspoke:clusters.staging: ${file} is not a valid kubeconfig: line 7 cannot be read as YAML`);
        expect(output).not.to.include(token);
    });

    it("is refused without a word of its contents: an exec plugin that prints its environment", async () => {
        const env = [{ name: "TOKEN", value: token }];
        const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", "env >&2; exit 1"], env, interactiveMode: "Never" };
        const change = spoke((settings) => ({
            ...without("context")(settings),
            kubeconfig: kubeconfigOf("staging", { exec }),
        }));
        const { ok, output } = await pulumiWithConfig(change, "staging", "preview");
        expect(ok, output).to.equal(false);
        expect(output).to.include("hubspoke:clusters.staging: the exec plugin of the kubeconfig failed");
        expect(output).not.to.include(token);
    });
});
