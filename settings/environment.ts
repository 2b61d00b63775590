import { z } from "zod";
import { probe } from "./alerts";
import { argoCdName } from "./argoCdName";
import { clustersFrom } from "./clustersFrom";
import { connection } from "./connection";
import { credentialsSchema, permissionsSchema, proxyUrlSchema, tlsSchema } from "./credentials";
import { environmentName, namespaceLimits, namespaces } from "./delivery";
import { goDuration } from "./duration";
import { environmentProblems } from "./environmentProblems";
import { dnsLabel, dnsName, domain, flag, serviceUrl, text } from "./kinds";
import { spokeLabels } from "./labels";
import { pins } from "./pins";
import { previewers } from "./previewers";
import { rings } from "./rings";
import { secrets } from "./secrets";

/** The name that Argo CD gives to the cluster it runs in. */
export const inClusterName = "in-cluster";

const spoke = connection.safeExtend({
    name: argoCdName,
    clusterSecret: dnsName("the cluster Secret", "cluster-api.example.com-1234567")
        .describe(
            "Name of a cluster Secret that already exists on the hub. The program takes it over; `npm run adopt` sets " +
                "this. The default is a new Secret `cluster-<name>`.",
        )
        .optional(),
    server: serviceUrl("is not a valid HTTPS URL of an API server")
        .meta({
            description: "URL of the API server for Argo CD. The default is the URL in the kubeconfig.",
            examples: ["https://api.prod.example.com:6443"],
        })
        .optional(),
    hubOnly: flag
        .describe(
            "`true` if this machine cannot reach `server` as the hub does: the URL leads elsewhere from here, or is behind a " +
                "proxy that replaces certificates. The preview then does not connect to it, and `pulumi up` relies on " +
                "Argo CD's own connection.",
        )
        .default(false),
    uid: z
        .guid("must be a UID of Kubernetes. Write the output of `kubectl get namespace kube-system -o jsonpath={.metadata.uid}`")
        .meta({
            description:
                "UID of the cluster's namespace `kube-system`. It confirms that a registered name moves to another " +
                "cluster or to another URL: without it, the preview refuses such a change. Remove it after `pulumi up`.",
            examples: ["0f1d2c3b-4a59-4687-9786-a5b4c3d2e1f0"],
        })
        .optional(),
    domain: domain
        .meta({
            description: "DNS domain of the cluster: the agent is `agent.<domain>`. The default is `<name>.<domain of the hub>`.",
            examples: ["prod.example.com"],
        })
        .optional(),
    dnsDomain: domain
        .meta({
            description: "DNS domain of the Services in the cluster. The default is `cluster.local`.",
            examples: ["prod.internal"],
        })
        .optional(),
    revision: text("a branch, tag or commit", "v1.0.0")
        .describe(
            "Branch, tag or commit of the agent on this cluster, if the hub's `rollout.strategy` is `pinned`. " +
                "`npm run promote` changes it. The default is the hub's `agent.revision`.",
        )
        .optional(),
    rollbackFrom: text("the revision to go back from", "v1.1.0")
        .describe(
            "Revision that the hub records as promoted on this cluster. It lets `revision` be one that this promotion " +
                "has replaced, to go back on purpose.",
        )
        .optional(),
    revisions: pins,
    sharedNamespace: flag
        .describe(
            "`true` if the agent's namespace on this cluster has other workloads. The program then sets no quota, limits " +
                "or Pod Security level there, and its network policy is for the agent's pods alone. Argo CD's account can " +
                "change those workloads.",
        )
        .default(false),
    quarantined: flag
        .describe(
            "`true` leaves a broken cluster alone: `pulumi` and Argo CD neither read nor change it, and the other " +
                "clusters go on. `npm run quarantine` sets and removes it. It needs Argo CD 3.4.",
        )
        .default(false),
    credentials: credentialsSchema,
    permissions: permissionsSchema,
    tls: tlsSchema,
    proxyUrl: proxyUrlSchema,
    probe,
    labels: spokeLabels.describe("Labels of the cluster Secret, by which Argo CD and the program select clusters."),
});

const environmentShape = z.strictObject({
    role: z.literal("environment").describe("Role of the stack."),
    environment: environmentName.describe("Name of the environment. It selects `helm/values-<environment>.yaml`."),
    namespace: namespaceLimits,
    namespaces,
    previewers,
    rollout: rings,
    secrets,
    production: flag
        .describe(
            "Whether this environment is production. The default is `false` for names that are, or begin with, dev, " +
                "development, test, testing, sandbox, lab or staging. For other names it is `true`.",
        )
        .optional(),
    logs: flag
        .describe(
            "Argo CD may read the logs of the pods in the namespaces of all applications, and shows them to every role. " +
                "The default is `false`: its page for logs says that this is forbidden.",
        )
        .default(false),
    connectionTimeout: goDuration
        .meta({
            description:
                "How long `pulumi up` waits until Argo CD on the hub has connected to a cluster with a new connection or " +
                "credential. `0s` does not wait.",
            examples: ["10m"],
        })
        .default("5m"),
    protect: flag
        .describe(
            "`false` allows a destroy, or the removal of a cluster, to delete Applications that the hub protects. Run " +
                "`pulumi up` with it first, and remove it afterwards.",
        )
        .default(true),
    hub: connection.safeExtend({
        stack: text("the hub's stack", "organization/hubspoke/hub")
            .describe("Full name of the hub's stack. The default is the stack `hub` in the same organization.")
            .optional(),
    }).describe("The hub: its cluster and its stack. Set exactly one of `context` and `kubeconfig`."),
    clustersFrom: clustersFrom.optional(),
    clusters: z
        .record(
            dnsLabel("a cluster's name", "prod-eu").refine(
                (name) => name !== inClusterName,
                "is the name of the hub itself. Choose another name",
            ),
            spoke,
            "must be a map from a cluster's name to its settings. Write for example `staging: { context: staging }`",
        )
        .refine((clusters) => Object.keys(clusters).length > 0, "names no cluster. Add one, or destroy the stack")
        .prefault({})
        .describe(
            "The spokes of this environment, by name. Set exactly one of `context` and `kubeconfig` for each. " +
                "`npm run cluster:add` adds a spoke. At least one, here or from `clustersFrom`.",
        ),
});

/** Names of environments that are not production, if `production` is not set. */
const trials = /^(dev|development|test|testing|sandbox|lab|staging)(-|$)/;

/** Whether an environment is production, from its name and its setting `production`. */
export function isProduction(environment: string, production: boolean | undefined): boolean {
    return production ?? !trials.test(environment);
}

/** Settings of a stack whose role is `environment`. */
export const environmentSettings = environmentShape
    .transform((given) => ({ ...given, production: isProduction(given.environment, given.production) }))
    .superRefine((given, context) => {
        for (const { path, message } of environmentProblems(given)) {
            context.addIssue({ code: "custom", path: [...path], message });
        }
    });

/** Settings of a stack whose role is `environment`. */
export type EnvironmentSettings = z.output<typeof environmentSettings>;

/** Settings of one spoke in an environment's `clusters`. */
export type SpokeSettings = z.output<typeof spoke>;
