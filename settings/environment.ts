import { z } from "zod";
import { probe } from "./alerts";
import { connection } from "./connection";
import { credentialsSchema, permissionsSchema, proxyUrlSchema, tlsSchema } from "./credentials";
import { environmentName, namespaceLimits } from "./delivery";
import { dnsLabel, dnsName, domain, flag, text } from "./kinds";
import { labels } from "./labels";
import { previewers } from "./previewers";
import { secrets } from "./secrets";

/** The name that Argo CD gives to the cluster it runs in. */
export const inClusterName = "in-cluster";

const spoke = connection.safeExtend({
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
    /** `false` lets a cluster leave with an Application that the hub protects; it holds after the next `up`. */
    protect: flag.default(true),
    hub: connection.safeExtend({
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

/** Settings of a stack whose role is `environment`. */
export const environmentSettings = environmentShape
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

/** Settings of a stack whose role is `environment`. */
export type EnvironmentSettings = z.output<typeof environmentSettings>;

/** Settings of one spoke in an environment's `clusters`. */
export type SpokeSettings = z.output<typeof spoke>;
