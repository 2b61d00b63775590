import { z } from "zod";
import { certificateAuthority } from "./credentials";
import { dnsLabel, entraId, roleArn, secret, serviceUrl, text } from "./kinds";

/** Settings for where the agent's secrets come from: each environment has its own store outside Git. */

const httpsUrl = (what: string, example: string) =>
    serviceUrl(`is missing or not a valid HTTPS URL of ${what}`).meta({ examples: [example] });

/** A path in Vault, without a slash at either end. */
const vaultPath = (what: string, example: string) =>
    text(what, example).regex(
        /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/,
        `is not a valid path in Vault, which has no slash at either end. Write for example "${example}"`,
    );

const vault = z
    .strictObject({
        type: z.literal("vault").describe("HashiCorp Vault, with its Kubernetes auth method."),
        server: httpsUrl("a Vault server", "https://vault.example.com:8200").describe("URL of the Vault server."),
        path: vaultPath("the mount of the key-value engine", "agent-prod")
            .describe("Mount path of the KV secrets engine. The default is `agent-<environment>`.")
            .optional(),
        version: z
            .enum(["v1", "v2"], 'must be "v1" or "v2", the version of the KV secrets engine. Write one')
            .describe("Version of the KV secrets engine.")
            .default("v2"),
        role: text("Vault's role", "agent-prod")
            .describe("Role in Vault. The default is `agent-<environment>`.")
            .optional(),
        authMount: vaultPath("the mount of the auth method", "kubernetes-prod")
            .describe(
                "Mount path of the auth method, for an environment with one cluster. The default is `kubernetes-<cluster>`.",
            )
            .optional(),
        audience: text("the audience of the account's token", "vault")
            .describe("Audience of the ServiceAccount token. The role in Vault must have the same.")
            .default("vault"),
        namespace: text("a namespace of Vault", "team").describe("Namespace in Vault Enterprise.").optional(),
        ca: certificateAuthority.describe("CA certificate of the Vault server, in PEM format.").optional(),
        caProvider: z
            .strictObject({
                type: z
                    .enum(["ConfigMap", "Secret"], 'must be "ConfigMap" or "Secret". Write one of these')
                    .describe("Kind of the object."),
                name: dnsLabel("the object's name", "vault-ca").describe("Name of the object."),
                key: text("the key in it", "ca.crt").describe("Key in the object.").default("ca.crt"),
            })
            .describe("ConfigMap or Secret in the agent's namespace that contains the CA certificate, instead of `ca`.")
            .optional(),
    })
    .refine(({ ca, caProvider }) => ca === undefined || caProvider === undefined, {
        path: ["caProvider"],
        error: "excludes ca, and both are set. Remove one of the two",
    });

const kubernetes = z.strictObject({
    type: z.literal("kubernetes").describe("Kubernetes Secrets in another namespace of the spoke, or of another cluster."),
    namespace: dnsLabel("the namespace of the secrets", "agent-store").describe(
        "Namespace of the Secrets. It must exist.",
    ),
    cluster: z
        .strictObject({
            server: httpsUrl("an API server", "https://store.example.com:6443").describe("URL of its API server."),
            ca: certificateAuthority.describe("CA certificate of its API server, in PEM format."),
            token: secret.describe("Token of an account that may only read the Secrets in that namespace."),
        })
        .describe("The other cluster. The default is the spoke.")
        .optional(),
});

const aws = z.strictObject({
    type: z.literal("aws").describe("A secret store of AWS."),
    service: z
        .enum(["SecretsManager", "ParameterStore"], 'must be "SecretsManager" or "ParameterStore". Write one of these')
        .describe("Service that stores the secrets.")
        .default("SecretsManager"),
    region: text("the region of the secrets", "eu-west-1").describe("AWS region of the secrets."),
    roleArn: roleArn("the role that reads the secrets", "agent-staging")
        .describe("ARN of the IAM role that reads the secrets. Its policy must allow only the secrets of this environment."),
    prefix: text("what names of secrets begin with", "agent-staging/")
        .describe("Prefix of the names of the secrets. The default is `agent-<environment>/`.")
        .optional(),
});

const gcp = z.strictObject({
    type: z.literal("gcp").describe("Secret Manager of Google Cloud."),
    project: text("the project of the secrets", "agent-staging").describe(
        "Project of the secrets. Give each environment its own project, because Secret Manager has no folders.",
    ),
    serviceAccount: z
        .email('must be the e-mail address of a service account. Write NAME@PROJECT.iam.gserviceaccount.com')
        .meta({
            description: "Google service account that reads the secrets, by Workload Identity.",
            examples: ["agent@agent-staging.iam.gserviceaccount.com"],
        }),
});

const azure = z.strictObject({
    type: z.literal("azure").describe("Azure Key Vault, with workload identity of Microsoft Entra."),
    vaultUrl: httpsUrl("a key vault", "https://agent-staging.vault.azure.net").describe("URL of the key vault."),
    clientId: entraId("client").describe("Client ID of the identity that reads the secrets."),
    tenantId: entraId("tenant").describe("Tenant ID of the identity."),
});

const operator = z
    .strictObject({
        source: z
            .enum(["install", "existing"], 'must be "install" or "existing". Write one of these')
            .describe("`install`: the program installs the operator on each spoke. `existing`: the spokes have it.")
            .default("install"),
        path: text("a chart's folder or archive", "./charts/external-secrets")
            .describe("Local folder or archive of the chart, instead of the chart repository.")
            .optional(),
        version: z
            .string()
            .regex(/^\d+\.\d+\.\d+$/, 'is not an exact version. Write for example "0.18.2"')
            .meta({ description: "Version of the chart in the chart repository.", examples: ["0.18.2"] })
            .optional(),
    })
    .refine(({ source, path, version }) => source === "install" || (path ?? version) === undefined, {
        error: "is already on the spokes, so its chart has no effect. Remove path and version",
    })
    .refine(({ path, version }) => path === undefined || version === undefined, {
        path: ["version"],
        error: "a chart at a path has its own version. Remove it",
    })
    .describe("The External Secrets operator on the spokes.")
    .prefault({});

export const secrets = z
    .strictObject({
        operator,
        store: z.discriminatedUnion(
            "type",
            [vault, kubernetes, aws, gcp, azure],
            'is missing or unknown. Write "vault", "kubernetes", "aws", "gcp" or "azure"',
        ).describe("The secret store."),
    })
    .describe("Where the agent's secrets come from; see docs/secrets.md. Without it, the agent has no secrets.")
    .optional();

/** Where an environment's secrets come from. */
export type SecretsSettings = NonNullable<z.output<typeof secrets>>;

/** The store of an environment. */
export type StoreSettings = SecretsSettings["store"];
