import { z } from "zod";
import { tokenLifetime } from "./duration";
import { audience } from "./federation";
import type { Problem } from "./given";
import { dnsLabel, entraId, flag, roleArn, text } from "./kinds";

/** Settings for how Argo CD authenticates to a spoke, what it may do there, and how it reaches the API server. */

const generation = (least: number) =>
    z.int("is not a whole number").min(least, `must be at least ${least}`).max(1_000_000, "must be at most 1000000");

/** A token of the account that the program creates on the spoke. */
const token = z
    .strictObject({
        type: z
            .literal("token")
            .describe("The program creates a ServiceAccount on the spoke, and a token for it.")
            .default("token"),
        generation: generation(1)
            .meta({
                description: "Number of the current token. A higher number creates a new token. `npm run rotate` changes it.",
                examples: [2],
            })
            .default(1),
        retired: generation(0)
            .meta({
                description: "The program deletes the tokens up to this number. `npm run rotate` changes it.",
                examples: [1],
            })
            .default(0),
        lifetime: tokenLifetime
            .meta({
                description:
                    "How long a token is valid; a cluster may shorten it. Each `pulumi up` renews it after half of that " +
                    "time. Without it, tokens never end.",
                examples: ["168h"],
            })
            .optional(),
    })
    .superRefine((given, context) => {
        const { generation: current, retired } = given;
        if (retired >= current) {
            const message = `retires generation ${current}, which is in use. Write at most ${current - 1}`;
            context.addIssue({ code: "custom", path: ["retired"], message });
        } else if (current - retired > 2) {
            const message =
                `asks for ${current - retired} tokens, and the limit is two: the current and the previous one. ` +
                `Write ${current - 2}, or ${current - 1} for no overlap`;
            context.addIssue({ code: "custom", path: ["retired"], message });
        }
    });

/** No credential: the spoke's API server trusts the hub's issuer of tokens. */
const federated = z.strictObject({
    type: z.literal("federated").describe("The spoke trusts the hub's issuer, so the hub holds no credential for it."),
    audience: audience
        .describe("Audience that the spoke accepts, one of the hub's `federation.audiences`. The default is the environment's name.")
        .optional(),
    usernamePrefix: text("the prefix of the users' names", "hub:")
        .refine(
            (given) => !given.startsWith("system:"),
            'begins with "system:", so that Argo CD could have the name of an account of the spoke. Write for example "hub:"',
        )
        .describe("Prefix that the spoke's API server puts before the names of Argo CD's accounts.")
        .default("hub:"),
});

const subject = z.strictObject(
    {
        kind: z.enum(["User", "Group"], 'must be "User" or "Group". Write one of these').describe("Kind of the RBAC subject."),
        name: text("the name by which the spoke knows the identity", "argocd").describe("Name of the user or group."),
    },
    "is missing: the user or group that the spoke sees. Write for example `subject: { kind: Group, name: argocd }`",
).describe("User or group that the spoke's API server sees when Argo CD connects. The program binds Argo CD's Roles to it.");

const aws = z.strictObject({
    type: z.literal("aws").describe("Argo CD uses an IAM role of AWS."),
    clusterName: text("the name of the EKS cluster", "prod-eu").describe("Name of the EKS cluster."),
    roleArn: roleArn("the role that Argo CD assumes", "argocd-prod-eu")
        .describe("ARN of the IAM role that Argo CD assumes. Without it, Argo CD uses the role of its own ServiceAccount.")
        .optional(),
    subject,
});

const gcp = z.strictObject({
    type: z.literal("gcp").describe("Argo CD uses Workload Identity of Google Cloud."),
    subject,
});

const azure = z.strictObject({
    type: z.literal("azure").describe("Argo CD uses workload identity of Microsoft Entra."),
    clientId: entraId("client").describe("Client ID of the identity.").optional(),
    tenantId: entraId("tenant").describe("Tenant ID of the identity.").optional(),
    environment: text("the Azure environment", "AzurePublicCloud")
        .describe("Name of the Azure cloud.")
        .default("AzurePublicCloud"),
    subject,
});

const exec = z.strictObject({
    type: z.literal("exec").describe("Argo CD runs a command that prints an ExecCredential."),
    command: text("the command that prints an ExecCredential", "argocd-k8s-auth").describe(
        "The command. It must be in Argo CD's image.",
    ),
    args: z
        .array(z.string("an argument must be text. Put it in quotes"))
        .meta({ description: "Arguments of the command.", examples: [["azure"]] })
        .default([]),
    env: z
        .record(z.string(), z.string("the value of a variable must be text. Put it in quotes"))
        .meta({ description: "Environment variables of the command.", examples: [{ AAD_LOGIN_METHOD: "workloadidentity" }] })
        .default({}),
    installHint: z
        .string("is not text")
        .meta({ description: "Message that Argo CD shows if the command is missing.", examples: ["Add it to the image"] })
        .optional(),
    subject,
});

export const credentialsSchema = z
    .discriminatedUnion("type", [token, federated, aws, gcp, azure, exec], {
        error: 'is unknown. Write "federated", "token", "aws", "gcp", "azure" or "exec"',
    })
    .describe("How Argo CD authenticates to the spoke.")
    .prefault({});

/** CA certificate of a server, in PEM format. */
export const certificateAuthority = z
    .string("is missing or not text. Write the certificate in PEM")
    .regex(/^\s*-----BEGIN CERTIFICATE-----/, "is not a certificate in PEM format. It must begin with -----BEGIN CERTIFICATE-----")
    .refine((pem) => !pem.includes("PRIVATE KEY"), "contains a private key, and a stack file is in Git. Remove the key")
    .meta({ examples: ["-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n"] });

export const tlsSchema = z
    .strictObject({
        ca: z
            .union([z.literal("system"), certificateAuthority])
            .meta({
                description:
                    "CA certificate of the API server, in PEM format. `system` trusts the public authorities of Argo CD's " +
                    "image, for example for GKE's DNS endpoint. The default is the CA that the spoke reports.",
                examples: ["system", "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n"],
            })
            .optional(),
        serverName: text("the name in the API server's certificate", "api.prod.example.com")
            .describe("Name in the API server's certificate, if it differs from the host in the URL.")
            .optional(),
        insecureSkipTlsVerify: flag
            .describe(
                "Do not verify the API server's certificate. It excludes `ca` and `serverName`. " +
                    "Production environments refuse `true`.",
            )
            .default(false),
    })
    .superRefine(({ ca, serverName, insecureSkipTlsVerify }, context) => {
        if (insecureSkipTlsVerify && (ca !== undefined || serverName !== undefined)) {
            const message = "turns off verification, so ca and serverName have no effect. Remove it, or remove them";
            context.addIssue({ code: "custom", path: ["insecureSkipTlsVerify"], message });
        }
    })
    .describe("How Argo CD verifies the API server of the spoke.")
    .prefault({});

export const proxyUrlSchema = z
    .url({ protocol: /^(https?|socks5)$/, error: "is not a valid URL of a proxy. Write http://, https:// or socks5://" })
    .refine(
        (url) => !/^[^/]*\/\/[^/]*@/.test(url),
        "contains a credential, and a stack file is in Git. Remove the credential",
    )
    .meta({
        description: "URL of the proxy between Argo CD and the API server of the spoke: http, https or socks5.",
        examples: ["http://proxy.example.com:3128"],
    })
    .optional();

const plainName = (what: string, example: string) =>
    z
        .string(`${what} must be text. Write for example "${example}"`)
        .regex(/^[a-z0-9.-]*$/, `${what} must be lower-case and without wildcards. Write for example "${example}"`)
        .meta({ examples: [example] });

const managedNamespace = dnsLabel("a namespace", "shop");

/** What Argo CD may do on a cluster, `where` in the words of the documentation. */
const permissions = (where: string, namespaces: string) =>
    z
        .strictObject({
            scope: z
                .enum(["namespaces", "cluster"], 'must be "namespaces" or "cluster". Write one of these')
                .describe(
                    "`namespaces` allows the kinds of each application's chart in its namespace. " +
                        "`cluster` adds rights in every namespace: those that `kinds` or `admin` say.",
                )
                .default("namespaces"),
            kinds: z
                .array(
                    z.strictObject({
                        apiGroup: plainName("an API group", "apps").describe('API group. `""` is the core group.'),
                        resources: z
                            .array(plainName("a resource", "deployments").min(1, "the name of a resource is empty"))
                            .min(1, "names no resource. Add one, or remove the entry")
                            .describe("Plural names of the resources."),
                    }),
                )
                .describe("Kinds that Argo CD may manage. It needs `scope: cluster`.")
                .default([]),
            admin: flag
                .describe(`Argo CD may do everything on ${where}. It needs \`scope: cluster\`.`)
                .default(false),
            namespaces: z
                .array(managedNamespace)
                .meta({ description: `${namespaces} It needs \`scope: cluster\`.`, examples: [["shop"]] })
                .default([]),
        })
        .superRefine(({ scope, kinds, admin, namespaces: named }, context) => {
            const issue = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
            if (scope === "namespaces" && admin) {
                issue("admin", "needs scope: cluster. Set that too, or remove it");
            }
            if (scope === "namespaces" && kinds.length > 0) {
                issue("kinds", "needs scope: cluster; with scope: namespaces the chart decides the kinds. Remove it");
            }
            if (scope === "namespaces" && named.length > 0) {
                issue("namespaces", "needs scope: cluster; with scope: namespaces they are the applications' alone. Remove it");
            }
            if (scope === "cluster" && kinds.length > 0 === admin) {
                issue("scope", 'is "cluster", which needs either the list `kinds` or `admin: true`. Write one of these');
            }
        })
        .describe(`What Argo CD may do on ${where}.`)
        .prefault({});

export const permissionsSchema = permissions(
    "the spoke",
    "Existing namespaces that Argo CD manages besides the applications', for Applications of yours. It has its rights on " +
        "the kinds of the agent's chart there too, and reads those of all applications.",
);

export const hubPermissionsSchema = permissions(
    "the hub's own cluster",
    "Namespaces of the hub that Argo CD manages, for Applications that are not the agent's.",
);

/** Why rights on the hub's own cluster would be wider than they look. */
export function hubPermissionsProblems({
    labels,
    permissions: { scope, namespaces },
}: {
    readonly labels: { readonly deploy: string };
    readonly permissions: Permissions;
}): Problem[] {
    if (scope === "cluster" && labels.deploy === "true") {
        const message =
            'is "cluster", and labels.deploy is "true": the agent\'s chart could then place objects in all these ' +
            'namespaces. Remove permissions, or write deploy: "false"';
        return [{ path: ["permissions", "scope"], message }];
    }
    if (scope === "cluster" && namespaces.length === 0) {
        const message = "names none, and for Argo CD that means every namespace. Name those that it manages on the hub";
        return [{ path: ["permissions", "namespaces"], message }];
    }
    return [];
}

/** How Argo CD authenticates to a spoke: a token of its own account, or an identity of a cloud. */
export type Credentials = z.output<typeof credentialsSchema>;

/** How Argo CD verifies a spoke's API server. */
export type TlsSettings = z.output<typeof tlsSchema>;

/** What Argo CD may do on a spoke. */
export type Permissions = z.output<typeof permissionsSchema>;
