import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { alerts, probe } from "./alertSettings";
import { chart } from "./chartSettings";
import { credentialsSchema, permissionsSchema, proxyUrlSchema, tlsSchema } from "./credentialSettings";
import { environmentName, namespaceLimits, protectedEnvironments, rollout, syncWindows } from "./deliverySettings";
import { InputError } from "./inputError";
import { previewers } from "./previewSettings";
import { secrets } from "./secretSettings";
import { count, dnsLabel, dnsName, dnsNamePattern, goDuration, quantity, secret, text } from "./settingKinds";
import { certificates, ingress } from "./tlsSettings";
import { traffic } from "./trafficSettings";

/**
 * The configuration of every stack: its types, defaults and validation, and nothing else.
 * Keys stand in `Pulumi.<stack>.yaml` under the project's namespace, for example `hubspoke:role`.
 */

/** The name that Argo CD gives to the cluster it runs in. */
export const inClusterName = "in-cluster";

/** Labels of a cluster Secret that the program sets itself. */
export const ownLabels = ["environment", "argocd.argoproj.io/secret-type", "app.kubernetes.io/managed-by"];

const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

function isLabelKey(key: string): boolean {
    const [name = "", prefix, ...more] = key.split("/").reverse();
    return labelName.test(name) && (prefix === undefined || dnsNamePattern.test(prefix)) && more.length === 0;
}

/** Unquoted `true` and numbers are taken as text, since YAML reads them otherwise. */
const labelValue = z
    .union([z.string(), z.boolean(), z.number()], "a label's value is text. Put it in quotes")
    .transform(String)
    .refine(
        (value) => value === "" || labelName.test(value),
        "Kubernetes refuses this label value: it has at most 63 letters, digits, \"-\", \"_\" and \".\", " +
            "and begins and ends with a letter or digit. Write for example \"eu-west-1\"",
    );

const labels = z
    .record(
        z
            .string()
            .refine(
                isLabelKey,
                "Kubernetes refuses this label key: it is an optional DNS prefix and \"/\", then at most 63 letters, " +
                    "digits, \"-\", \"_\" and \".\". Write for example \"tier\"",
            )
            .refine((key) => !ownLabels.includes(key), "this label is set by the program. Remove it"),
        labelValue,
        "labels are a map of text to text. Write for example `region: eu-west-1`",
    )
    .superRefine(({ deploy }, context) => {
        if (deploy !== undefined && deploy !== "true" && deploy !== "false") {
            context.addIssue({ code: "custom", path: ["deploy"], message: 'is "true" or "false". Write one of these' });
        }
    });

const clusterAccess = z
    .strictObject({
        context: text("a kubeconfig context", "staging").optional(),
        kubeconfig: text("a kubeconfig", "apiVersion: v1 …").optional(),
    })
    .refine(
        ({ context, kubeconfig }) => (context === undefined) !== (kubeconfig === undefined),
        "a cluster is reached by exactly one of context and kubeconfig. Write `context: NAME` with a name that " +
            "`kubectl config get-contexts` lists, or set kubeconfig by `pulumi config set --secret --path`",
    );

const gitUrl = text("the URL of a Git repository", "https://github.com/example/agent.git")
    .regex(/^(https?:\/\/|ssh:\/\/|git@)\S+$/, "is no Git URL. Write https://…, ssh://… or git@host:path")
    .refine(
        (url) => !/^https?:\/\/[^/]*@/.test(url),
        "holds a credential, and a stack file is in Git. Write the URL without it",
    );

const agent = z.strictObject({
    repository: gitUrl,
    path: text("the chart's folder", "helm").default("helm"),
    revision: text("a branch, tag or commit", "main").default("main"),
    namespace: dnsLabel("a namespace", "agent").default("agent"),
});

/** Each replaces one number that `fleet` chooses; components/values/fleet.ts says what each means. */
const scale = z
    .strictObject({
        shards: count,
        shardingAlgorithm: z.enum(
            ["legacy", "round-robin", "consistent-hashing"],
            'is "legacy", "round-robin" or "consistent-hashing". Write one of these',
        ),
        statusProcessors: count,
        operationProcessors: count,
        clientQps: count,
        clientBurst: count,
        repoServerParallelism: count,
        reconciliation: goDuration,
        reconciliationJitter: goDuration,
        clusterCacheResync: goDuration,
        controllerCpu: quantity,
        controllerMemory: quantity,
        controllerMemoryLimit: quantity,
    })
    .partial()
    .extend({
        exclusions: z
            .array(
                z.strictObject({
                    apiGroups: z.array(z.string()).min(1, 'names no group. Write for example ["batch"]'),
                    kinds: z.array(z.string()).min(1, 'names no kind. Write for example ["Job"]'),
                    clusters: z.array(z.string()).optional(),
                }),
            )
            .default([]),
    });

const oidc = z.strictObject({
    name: text("the provider's name on the log-in page", "Example").default("Single sign-on"),
    issuer: z.url({ protocol: /^https$/, error: "is missing or no https URL of an issuer" }),
    clientId: text("the client's id", "argocd"),
    clientSecret: text("the client's secret (pulumi config set --secret --path 'access.oidc.clientSecret')", "…"),
    scopes: z.array(z.string()).default(["openid", "profile", "email", "groups"]),
});

const access = z
    .strictObject({
        oidc: oidc.optional(),
        groups: z
            .record(
                z.string().min(1, "a group has a name"),
                z.enum(
                    ["admin", "operator", "readonly"],
                    'is no role of Argo CD here. Write "admin", "operator" or "readonly"',
                ),
            )
            .default({}),
    })
    .refine(({ oidc, groups }) => oidc !== undefined || Object.keys(groups).length === 0, {
        path: ["groups"],
        error: "groups come from single sign-on, which is not set. Add access.oidc, or remove them",
    });

const pemKey = secret.regex(/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "is no private key in PEM. Give the file's whole text");

const repository = z
    .strictObject({
        url: gitUrl,
        username: text("the user of a token", "git").default("git"),
        token: secret.optional(),
        sshKey: pemKey.optional(),
        githubApp: z
            .strictObject({
                id: z.int("is no whole number"),
                installation: z.int("is no whole number"),
                key: pemKey,
                /** Address of a GitHub Enterprise's API; nothing means github.com. */
                api: z.url({ protocol: /^https$/, error: "is no https URL" }).optional(),
            })
            .optional(),
    })
    .superRefine(({ url, token, sshKey, githubApp }, context) => {
        const refuse = (message: string) => context.addIssue({ code: "custom", message });
        if ([token, sshKey, githubApp].filter((credential) => credential !== undefined).length !== 1) {
            refuse("has exactly one credential. Keep one of token, sshKey and githubApp");
        } else if (url.startsWith("http") !== (sshKey === undefined)) {
            refuse("an SSH key goes with ssh://… or git@host:path, a token or GitHub App with https://…. Change one");
        }
    });

const knownHosts = z.string().regex(
    /^((#.*|[^\s|#]\S* \S+ [A-Za-z0-9+/=]+( .*)?)?(\n|$))*$/,
    "has a line that is no `host type key`. Write what `ssh-keyscan HOST` prints, after a comparison with the host's own word",
);

/** Secrets by which Argo CD knows that a push was announced by the Git host, and by nobody else. */
const webhooks = z
    .strictObject({ github: secret, gitlab: secret, bitbucket: secret, bitbucketServer: secret, gogs: secret })
    .partial();

const domain = dnsName("the fleet's domain", "example.com");

/** Pulumi hands over a plain `true` as text. */
const flag = z
    .union([z.boolean(), z.enum(["true", "false"])], "is true or false. Write one of these")
    .transform((value) => String(value) === "true");

const hubSettings = z.strictObject({
    role: z.literal("hub"),
    /** Says that this hub may be lost: nothing of it is protected from a `destroy`. */
    lab: flag.default(false),
    /** Whether it is protected, whatever `lab` says. */
    protect: flag.optional(),
    cluster: clusterAccess,
    domain,
    chart: chart.default({}),
    availability: z.enum(["ha", "single"], 'is "ha", or "single" for a lab. Write one of these').default("ha"),
    fleet: z.enum(["small", "medium", "large"], 'is "small", "medium" or "large". Write one').default("small"),
    scale: scale.default({ exclusions: [] }),
    access: access.default({ groups: {} }),
    metrics: z
        .strictObject({
            serviceMonitors: z.union(
                [z.boolean(), z.literal("auto")],
                'is true, false or "auto", which asks the hub. Write one of these',
            ),
        })
        .default({ serviceMonitors: "auto" }),
    agent,
    repositories: z.record(dnsLabel("a repository's name", "agent"), repository).default({}),
    knownHosts: knownHosts.default(""),
    webhooks: webhooks.default({}),
    certificates,
    ingress,
    rollout,
    syncWindows,
    protectedEnvironments,
    previewers,
    alerts,
    traffic,
    labels: labels.default({}).transform((given) => ({ deploy: "false", ...given })),
}).refine(({ certificates, ingress }) => certificates.issuer !== "none" || ingress?.kind !== "gateway", {
    path: ["certificates", "issuer"],
    error: 'is "none", and a Gateway needs a certificate. Choose an issuer',
});

const spoke = clusterAccess.safeExtend({
    /** The cluster Secret's name on the hub, where it is not `cluster-<name>`: one that other means made is adopted. */
    clusterSecret: dnsName("the cluster Secret", "cluster-api.example.com-1234567").optional(),
    server: z.url({ protocol: /^https$/, error: "is no https URL of an API server" }).optional(),
    domain: domain.optional(),
    /** DNS domain of the cluster's own services, where it is not `cluster.local`. */
    dnsDomain: domain.optional(),
    /** Branch, tag or commit of the agent for this cluster, where the hub's rollout is pinned. */
    revision: text("a branch, tag or commit", "v1.0.0").optional(),
    credentials: credentialsSchema,
    permissions: permissionsSchema,
    tls: tlsSchema,
    proxyUrl: proxyUrlSchema,
    probe,
    labels: labels
        .refine(({ region }) => region !== undefined, {
            path: ["region"],
            error: 'says where the cluster stands, and is missing. Write for example "eu-west-1"',
        })
        .transform((given): Record<string, string> => ({ deploy: "true", ...given })),
});

const environmentShape = z.strictObject({
    role: z.literal("environment"),
    environment: environmentName,
    namespace: namespaceLimits,
    previewers,
    secrets,
    production: z.boolean("is true or false. Write one of these").optional(),
    hub: clusterAccess.safeExtend({
        stack: text("the hub's stack", "organization/hubspoke/hub").optional(),
    }),
    clusters: z
        .record(
            dnsLabel("a cluster's name", "prod-eu").refine(
                (name) => name !== inClusterName,
                "is the name of the hub itself. Choose another",
            ),
            spoke,
            "is a map from a cluster's name to its settings. Write for example `staging: { context: staging }`",
        )
        .refine((clusters) => Object.keys(clusters).length > 0, "names no cluster. Add one, or destroy the stack"),
});

/** Whatever is not said to be otherwise, and is not named as a place for trials, is production. */
const trials = /^(dev|development|test|testing|sandbox|lab|staging)(-|$)/;

/** Whether an environment is production, from its name and its setting `production`. */
export function isProduction(environment: string, production: boolean | undefined): boolean {
    return production ?? !trials.test(environment);
}

const environmentSettings = environmentShape
    .transform((given) => ({ ...given, production: isProduction(given.environment, given.production) }))
    .superRefine(({ production, clusters, secrets }, context) => {
        if (secrets?.store.type === "vault" && secrets.store.authMount !== undefined && Object.keys(clusters).length > 1) {
            const message = "knows one cluster, and this environment has several. Remove it: each has kubernetes-<cluster>";
            context.addIssue({ code: "custom", path: ["secrets", "store", "authMount"], message });
        }
        const unverified = Object.entries(clusters).filter(([, { tls }]) => tls.insecureSkipTlsVerify);
        for (const [name] of production ? unverified : []) {
            const message =
                "gives Argo CD's token to whoever answers, and this environment is production. " +
                "Remove it, and give tls.ca";
            context.addIssue({ code: "custom", path: ["clusters", name, "tls", "insecureSkipTlsVerify"], message });
        }
    });

const settingsSchema = z.discriminatedUnion("role", [hubSettings, environmentSettings], {
    error: 'is missing or unknown. Write "hub" or "environment"',
});

/** How a cluster is reached: exactly one of a kubeconfig context and a whole kubeconfig (a secret). */
export type ClusterAccess = z.output<typeof clusterAccess>;

/** Where the agent's chart is, and the namespace that it is delivered to on every spoke. */
export type AgentSettings = z.output<typeof agent>;

/** A repository's URL and its one credential. */
export type RepositorySettings = z.output<typeof repository>;

/** Who may do what in Argo CD. */
export type AccessSettings = z.output<typeof access>;

/** Settings of the stack whose role is `hub`. */
export type HubSettings = z.output<typeof hubSettings>;

/** Settings of a stack whose role is `environment`. */
export type EnvironmentSettings = z.output<typeof environmentSettings>;

/** Settings of one spoke in an environment's `clusters`. */
export type SpokeSettings = z.output<typeof spoke>;

/** Settings of any stack, told apart by `role`. */
export type Settings = HubSettings | EnvironmentSettings;

/**
 * Validates a stack's configuration.
 *
 * @param values the keys of the `hubspoke` namespace, without it, and their parsed values
 * @throws InputError that lists every bad property with its path, its reason and what to write instead
 */
export function parseSettings(values: Record<string, unknown>): Settings {
    const result = settingsSchema.safeParse(values);
    if (result.success) {
        return result.data;
    }
    const problems = result.error.issues.flatMap(describe);
    throw new InputError(
        `The stack's configuration has ${problems.length} bad propert${problems.length === 1 ? "y" : "ies"}; ` +
            `nothing was changed.\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
}

function describe(issue: z.core.$ZodIssue): string[] {
    const at = (path: PropertyKey[]) => `hubspoke:${path.map(String).join(".")}`;
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => `${at([...issue.path, key])}: is no setting. Correct its spelling, or remove it`);
    }
    const messages = issue.code === "invalid_key" ? issue.issues : [issue];
    return messages.map(({ message }) => `${at(issue.path)}: ${message}`);
}

/**
 * Reads and validates the configuration of the stack that runs.
 *
 * @throws InputError as {@link parseSettings}, and when default Kubernetes providers are not disabled
 */
export function readSettings(): Settings {
    const disabled = new pulumi.Config("pulumi").getObject<string[]>("disable-default-providers") ?? [];
    if (!disabled.includes("kubernetes") && !disabled.includes("*")) {
        throw new InputError(
            "pulumi:disable-default-providers: must list kubernetes, so that nothing can reach a cluster that the " +
                'settings do not name. Write `pulumi:disable-default-providers: ["kubernetes"]`',
        );
    }
    const prefix = `${pulumi.getProject()}:`;
    const values = Object.entries(pulumi.runtime.allConfig())
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), parseValue(value)]);
    return parseSettings(Object.fromEntries(values) as Record<string, unknown>);
}

/** Pulumi hands over maps and lists as JSON, and everything else as text. */
function parseValue(value: string): unknown {
    return /^\s*[[{]/.test(value) ? JSON.parse(value) : value;
}
