import { z } from "zod";
import { text } from "./kinds";

/** Settings of how Argo CD is known to a spoke, what it may do there, and how it reaches the API server. */

const generation = (least: number) =>
    z.int("is no whole number").min(least, `must be at least ${least}`).max(1_000_000, "must be at most 1000000");

/** A token of the account that the program makes on the spoke. */
const token = z
    .strictObject({
        type: z.literal("token"),
        generation: generation(1).default(1),
        retired: generation(0).default(0),
    })
    .superRefine((given, context) => {
        const { generation: current, retired } = given;
        if (retired >= current) {
            const message = `retires generation ${current}, which is in use. Write at most ${current - 1}`;
            context.addIssue({ code: "custom", path: ["retired"], message });
        } else if (current - retired > 2) {
            const message =
                `asks for ${current - retired} tokens, and there are at most a current and a previous one. ` +
                `Write ${current - 2}, or ${current - 1} for no overlap`;
            context.addIssue({ code: "custom", path: ["retired"], message });
        }
    });

/** Whom the spoke takes Argo CD for, once a cloud's identity is proven: the program binds its Roles to it. */
const subject = z.strictObject(
    {
        kind: z.enum(["User", "Group"], 'is "User" or "Group". Write one of these'),
        name: text("the name by which the spoke knows the identity", "argocd"),
    },
    "is missing: whom the spoke takes Argo CD for. Write for example `subject: { kind: Group, name: argocd }`",
);

const aws = z.strictObject({
    type: z.literal("aws"),
    clusterName: text("the name of the EKS cluster", "prod-eu"),
    roleArn: text("the role that Argo CD assumes", "arn:aws:iam::111122223333:role/argocd-prod-eu")
        .regex(/^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/, "is no ARN of a role. Write arn:aws:iam::ACCOUNT:role/NAME")
        .optional(),
    subject,
});

const gcp = z.strictObject({ type: z.literal("gcp"), subject });

const azure = z.strictObject({
    type: z.literal("azure"),
    clientId: z.guid("is missing or no client id of Microsoft Entra, which is a UUID").optional(),
    tenantId: z.guid("is no tenant id of Microsoft Entra, which is a UUID").optional(),
    environment: text("the Azure environment", "AzurePublicCloud").default("AzurePublicCloud"),
    subject,
});

const exec = z.strictObject({
    type: z.literal("exec"),
    command: text("the command that prints an ExecCredential", "argocd-k8s-auth"),
    args: z.array(z.string("an argument is text. Put it in quotes")).default([]),
    env: z.record(z.string(), z.string("a variable's value is text. Put it in quotes")).default({}),
    installHint: z.string("is not text").optional(),
    subject,
});

/** How Argo CD proves to a spoke who it is. */
export const credentialsSchema = z.preprocess(
    (given) => (typeof given === "object" && given !== null && !("type" in given) ? { type: "token", ...given } : given),
    z
        .discriminatedUnion("type", [token, aws, gcp, azure, exec], {
            error: 'is unknown. Write "token", "aws", "gcp", "azure" or "exec"',
        })
        .prefault({ type: "token" }),
);

/** Whom a server's certificate is from, in PEM. */
export const certificateAuthority = z
    .string("is missing or not text. Write the certificate in PEM")
    .regex(/^\s*-----BEGIN CERTIFICATE-----/, "is no certificate in PEM. It begins with -----BEGIN CERTIFICATE-----")
    .refine((pem) => !pem.includes("PRIVATE KEY"), "holds a private key, and a stack file is in Git. Remove it");

/** The connection from Argo CD to a spoke's API server. */
export const tlsSchema = z
    .strictObject({
        ca: certificateAuthority.optional(),
        serverName: text("the name in the API server's certificate", "api.prod.example.com").optional(),
        insecureSkipTlsVerify: z.boolean("is true or false. Write one of these").default(false),
    })
    .superRefine(({ ca, serverName, insecureSkipTlsVerify }, context) => {
        if (insecureSkipTlsVerify && (ca !== undefined || serverName !== undefined)) {
            const message = "verifies nothing, so ca and serverName mean nothing beside it. Remove it, or them";
            context.addIssue({ code: "custom", path: ["insecureSkipTlsVerify"], message });
        }
    })
    .prefault({});

export const proxyUrlSchema = z
    .url({ protocol: /^(https?|socks5)$/, error: "is no URL of a proxy. Write http://, https:// or socks5://" })
    .refine(
        (url) => !/^[^/]*\/\/[^/]*@/.test(url),
        "holds a credential, and a stack file is in Git. Write the URL without it",
    )
    .optional();

const plainName = (what: string, example: string) =>
    z
        .string(`${what} is text. Write for example "${example}"`)
        .regex(/^[a-z0-9.-]*$/, `${what} is lower-case and no wildcard. Write for example "${example}"`);

/** What Argo CD may do on a spoke. */
export const permissionsSchema = z
    .strictObject({
        scope: z
            .enum(["namespaces", "cluster"], 'is "namespaces" or "cluster". Write one of these')
            .default("namespaces"),
        kinds: z
            .array(
                z.strictObject({
                    apiGroup: plainName("an API group", "apps"),
                    resources: z
                        .array(plainName("a resource", "deployments").min(1, "a resource has a name"))
                        .min(1, "names no resource. Add one, or remove the entry"),
                }),
            )
            .default([]),
        admin: z.boolean("is true or false. Write one of these").default(false),
    })
    .superRefine(({ scope, kinds, admin }, context) => {
        const issue = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
        if (scope === "namespaces" && admin) {
            issue("admin", "belongs to scope: cluster. Write that too, or remove it");
        }
        if (scope === "namespaces" && kinds.length > 0) {
            issue("kinds", "belong to scope: cluster; a namespace's kinds come from the chart. Remove them");
        }
        if (scope === "cluster" && kinds.length > 0 === admin) {
            issue("scope", 'is "cluster", which wants either kinds, a list, or `admin: true`. Write one of these');
        }
    })
    .prefault({});

/** How Argo CD proves to a spoke who it is: a token of its own account, or an identity of a cloud. */
export type Credentials = z.output<typeof credentialsSchema>;

/** How Argo CD verifies a spoke's API server. */
export type TlsSettings = z.output<typeof tlsSchema>;

/** What Argo CD may do on a spoke. */
export type Permissions = z.output<typeof permissionsSchema>;
