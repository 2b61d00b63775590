import { z } from "zod";
import { certificateAuthority } from "./credentials";
import { dnsLabel, secret, text } from "./kinds";

/** Settings of where the agent's secrets come from: a store outside Git, of the environment's own. */

const httpsUrl = (what: string) => z.url({ protocol: /^https$/, error: `is missing or no https URL of ${what}` });

/** A path in Vault, without a slash at either end. */
const vaultPath = (what: string, example: string) =>
    text(what, example).regex(
        /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/,
        `is no path in Vault, which has no slash at either end. Write for example "${example}"`,
    );

/** HashiCorp Vault, which the agent's account on the spoke logs in to (Vault's Kubernetes auth method). */
const vault = z
    .strictObject({
        type: z.literal("vault"),
        server: httpsUrl("a Vault server"),
        /** Mount of the key-value engine; without one `agent-<environment>`, so that no two environments share one. */
        path: vaultPath("the mount of the key-value engine", "agent-prod").optional(),
        version: z.enum(["v1", "v2"], 'is "v1" or "v2", the version of the key-value engine. Write one').default("v2"),
        /** Vault's role; without one `agent-<environment>`. */
        role: text("Vault's role", "agent-prod").optional(),
        /** Mount of the auth method, which knows one cluster; without one `kubernetes-<cluster>`. */
        authMount: vaultPath("the mount of the auth method", "kubernetes-prod").optional(),
        /** Audience of the account's token, which Vault's role demands. */
        audience: text("the audience of the account's token", "vault").default("vault"),
        /** A namespace of Vault Enterprise. */
        namespace: text("a namespace of Vault", "team").optional(),
        ca: certificateAuthority.optional(),
        /** A ConfigMap or Secret in the agent's namespace that holds the CA. */
        caProvider: z
            .strictObject({
                type: z.enum(["ConfigMap", "Secret"], 'is "ConfigMap" or "Secret". Write one of these'),
                name: dnsLabel("the object's name", "vault-ca"),
                key: text("the key in it", "ca.crt").default("ca.crt"),
            })
            .optional(),
    })
    .refine(({ ca, caProvider }) => ca === undefined || caProvider === undefined, {
        path: ["caProvider"],
        error: "is beside ca, and one is enough. Remove one of the two",
    });

/** Secrets in a namespace of the spoke itself or, with `cluster`, of another cluster. */
const kubernetes = z.strictObject({
    type: z.literal("kubernetes"),
    /** Where the secrets stand; it is there already. */
    namespace: dnsLabel("the namespace of the secrets", "agent-store"),
    cluster: z
        .strictObject({
            server: httpsUrl("an API server"),
            ca: certificateAuthority,
            /** Of an account that may read the Secrets of that namespace and nothing else. */
            token: secret,
        })
        .optional(),
});

const aws = z.strictObject({
    type: z.literal("aws"),
    service: z
        .enum(["SecretsManager", "ParameterStore"], 'is "SecretsManager" or "ParameterStore". Write one of these')
        .default("SecretsManager"),
    region: text("the region of the secrets", "eu-west-1"),
    /** Assumed by the agent's account (IRSA); its policy is what keeps environments apart. */
    roleArn: text("the role that reads the secrets", "arn:aws:iam::111122223333:role/agent-staging").regex(
        /^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/,
        "is no ARN of a role. Write arn:aws:iam::ACCOUNT:role/NAME",
    ),
    /** What every secret's name begins with; without one `agent-<environment>/`. */
    prefix: text("what names of secrets begin with", "agent-staging/").optional(),
});

const gcp = z.strictObject({
    type: z.literal("gcp"),
    /** Project of the secrets; Secret Manager has no folders, so each environment has a project of its own. */
    project: text("the project of the secrets", "agent-staging"),
    /** Whom the agent's account is (Workload Identity). */
    serviceAccount: z.email('is missing or no e-mail address of a service account. Write NAME@PROJECT.iam.gserviceaccount.com'),
});

const azure = z.strictObject({
    type: z.literal("azure"),
    vaultUrl: httpsUrl("a key vault"),
    /** Whom the agent's account is (Entra workload identity). */
    clientId: z.guid("is missing or no client id of Microsoft Entra, which is a UUID"),
    tenantId: z.guid("is missing or no tenant id of Microsoft Entra, which is a UUID"),
});

const operator = z
    .strictObject({
        /** Whether the program installs the External Secrets operator on each spoke, or finds it there. */
        source: z.enum(["install", "existing"], 'is "install" or "existing". Write one of these').default("install"),
        path: text("a chart's folder or archive", "./charts/external-secrets").optional(),
        version: z.string().regex(/^\d+\.\d+\.\d+$/, 'is no exact version. Write for example "0.18.2"').optional(),
    })
    .refine(({ source, path, version }) => source === "install" || (path ?? version) === undefined, {
        error: "is there already, so its chart means nothing. Remove path and version",
    })
    .refine(({ path, version }) => path === undefined || version === undefined, {
        path: ["version"],
        error: "a chart at a path has its own. Remove it",
    })
    .prefault({});

/** Where the agent's secrets come from; without it the chart asks for none. */
export const secrets = z
    .strictObject({
        operator,
        store: z.discriminatedUnion(
            "type",
            [vault, kubernetes, aws, gcp, azure],
            'is missing or unknown. Write "vault", "kubernetes", "aws", "gcp" or "azure"',
        ),
    })
    .optional();

/** Where an environment's secrets come from. */
export type SecretsSettings = NonNullable<z.output<typeof secrets>>;

/** The store of an environment. */
export type StoreSettings = SecretsSettings["store"];
