import { z } from "zod";
import { fromBase64 } from "../base64";

/**
 * The fields of a kubeconfig that a connection needs, with the types that client-go demands of them
 * (client-go, tools/clientcmd/api/v1/types.go). Empty text counts as absent there, and other fields are ignored.
 */

const text = z
    .string("must be text")
    .nullish()
    .transform((value) => (value === "" ? undefined : (value ?? undefined)));

const flag = z
    .boolean("must be true or false")
    .nullish()
    .transform((value) => value ?? false);

/** PEM text in base64; line breaks inside are allowed. */
const data = text.transform((value, context) => {
    const encoded = value?.replace(/[\r\n]/g, "");
    if (encoded !== undefined && !/^(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$/i.test(encoded)) {
        context.addIssue("must be base64");
        return z.NEVER;
    }
    return encoded === undefined ? undefined : fromBase64(encoded);
});

function listOf<Item extends z.ZodType>(item: Item) {
    return z
        .array(item, "must be a list")
        .nullish()
        .transform((items) => items ?? []);
}

function mapOf<Item extends z.ZodType>(item: Item) {
    return z.record(z.string(), item, "must be a map");
}

function optional<Field extends z.ZodType>(field: Field) {
    return field.nullish().transform((value) => value ?? undefined);
}

function fields<Shape extends z.ZodRawShape>(shape: Shape) {
    return z.preprocess((value) => value ?? {}, z.object(shape, "must be a map"));
}

const extensions = listOf(fields({ name: text, extension: z.unknown() }));

const cluster = fields({
    server: text,
    "tls-server-name": text,
    "insecure-skip-tls-verify": flag,
    "certificate-authority": text,
    "certificate-authority-data": data,
    "proxy-url": text,
    "disable-compression": flag,
    extensions,
});

const exec = fields({
    apiVersion: text,
    command: text,
    args: listOf(z.string("must be text").nullable()),
    env: listOf(fields({ name: text, value: text })),
    installHint: text,
    provideClusterInfo: flag,
    interactiveMode: text,
});

const user = fields({
    token: text,
    tokenFile: text,
    "client-certificate": text,
    "client-certificate-data": data,
    "client-key": text,
    "client-key-data": data,
    username: text,
    password: text,
    as: text,
    "as-uid": text,
    "as-groups": listOf(z.string("must be text")),
    "as-user-extra": optional(mapOf(listOf(z.string("must be text")))),
    exec: optional(exec),
    "auth-provider": optional(fields({ name: text, config: optional(mapOf(text)) })),
});

const context = fields({ cluster: text, user: text, namespace: text });

/** A kubeconfig as one file has it. */
export const kubeconfigFile = fields({
    apiVersion: z.enum(["v1", ""], "must be v1").nullish(),
    kind: z.enum(["Config", ""], "must be Config").nullish(),
    "current-context": text,
    clusters: listOf(fields({ name: text, cluster })),
    users: listOf(fields({ name: text, user })),
    contexts: listOf(fields({ name: text, context })),
});

export type KubeconfigFile = z.output<typeof kubeconfigFile>;

/** How to reach and to trust an API server. */
export type Cluster = z.output<typeof cluster>;

/** Who asks. Contains credentials: never print it. */
export type User = z.output<typeof user>;

/** A command that prints credentials. */
export type Exec = z.output<typeof exec>;

export type Context = z.output<typeof context>;
