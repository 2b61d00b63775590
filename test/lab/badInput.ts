import { expect } from "chai";
import { stopApiServer, startApiServer } from "../../lab/clusters";
import type { StackName } from "../../lab/stacks/project";
import { changedCluster, type Config, pulumi, pulumiOk, withConfig } from "./support/lab";
import * as fs from "node:fs";
import { kubeconfigPath } from "../../lab/paths";
import { parse, stringify } from "yaml";

/** Settings without one of them. */
function without(key: string): (settings: Config) => Config {
    return (settings) => Object.fromEntries(Object.entries(settings).filter(([name]) => name !== key));
}

/** A kubeconfig of one of the lab's contexts, changed. */
function kubeconfigOf(context: string, change: (user: Config) => Config): string {
    const whole = parse(fs.readFileSync(kubeconfigPath, "utf8")) as {
        users: { name: string; user: Config }[];
        contexts: { name: string; context: { user: string } }[];
    };
    const user = whole.contexts.find(({ name }) => name === context)?.context.user;
    const users = whole.users.map((entry) => (entry.name === user ? { ...entry, user: change(entry.user) } : entry));
    return stringify({ ...whole, users, "current-context": context });
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
        error: /hubspoke:clusters\.staging: a cluster is reached by exactly one of context and kubeconfig/,
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
        error: /hubspoke:clusters\.prod: the hub has a cluster "prod" at https:.*of stack organization\/hubspoke\/prod/,
    },
    {
        name: "a label that Kubernetes refuses",
        stack: "staging",
        change: spoke((settings) => ({ ...settings, labels: { region: "eu west" } })),
        error: /hubspoke:clusters\.staging\.labels\.region: Kubernetes refuses this label value/,
    },
    {
        name: "a kubeconfig without credentials",
        stack: "staging",
        change: spoke((settings) => ({
            ...without("context")(settings),
            kubeconfig: kubeconfigOf("staging", () => ({})),
        })),
        error: /hubspoke:clusters\.staging: context "staging" has no credentials/,
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
        error: /hubspoke:access\.oidc\.issuer: is missing or no https URL of an issuer/,
    },
    {
        name: "default providers that are not disabled",
        stack: "staging",
        change: without("pulumi:disable-default-providers"),
        error: /pulumi:disable-default-providers: must list kubernetes/,
    },
];

describe("bad input", () => {
    for (const { name, stack, change, error } of cases) {
        it(`is refused in a preview: ${name}`, async () => {
            const { ok, output } = await withConfig(stack, change, () => pulumi(stack, "preview"));
            expect(ok, output).to.equal(false);
            expect(output).to.match(error);
        });
    }

    it("is refused in a preview: an API server that cannot be reached, by its name", async () => {
        await stopApiServer("dr");
        try {
            const { ok, output } = await pulumi("dr", "preview");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/hubspoke:clusters\.dr: the API server https:\S+ cannot be reached/);
        } finally {
            await startApiServer("dr");
        }
        await pulumiOk("dr", "preview", "--expect-no-changes");
    });
});
