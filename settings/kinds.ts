import { z } from "zod";

/** Types of values that several settings share, with their error messages. */

/** Required text; `what` and `example` are for the error message, and `example` also for the reference. */
export function text(what: string, example: string) {
    return z
        .string(`${what} is missing or not text. Write for example "${example}"`)
        .min(1, { error: `${what} is empty`, abort: true })
        .meta({ examples: [example] });
}

/** A name as Kubernetes takes it for a namespace or a cluster (RFC 1123, a label); see {@link text}. */
export function dnsLabel(what: string, example: string) {
    return text(what, example).regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
        error:
            `${what} must be at most 63 lower-case letters, digits and "-", and begin and end with a letter or digit. ` +
            `Write for example "${example}"`,
        abort: true,
    });
}

/** A quantity of Kubernetes. */
export const quantity = z
    .string("is not text. Put it in quotes")
    .regex(/^\d+(\.\d+)?(m|[kMGT]i?)?$/, 'is not a valid Kubernetes quantity. Write for example "500m" or "4Gi"')
    .meta({ examples: ["4Gi"] });

/** A number of things. */
export const count = z
    .int("is not a whole number")
    .min(1, "must be at least 1")
    .max(10_000, "must be at most 10000")
    .meta({ examples: [3] });

/** A DNS name, in lower case. */
export const dnsNamePattern =
    /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A DNS name of several labels; see {@link text}. */
export function dnsName(what: string, example: string) {
    return text(what, example).regex(dnsNamePattern, {
        error: `is not a valid DNS name. Write for example "${example}"`,
        abort: true,
    });
}

/** URL of an API server or another service: nothing but a scheme, a host, a port and a path. */
export function serviceUrl(error: string) {
    return z
        .url({ protocol: /^https$/, error, abort: true })
        .refine(
            (url) => !/^[^/]*\/\/[^/?#]*@/.test(url),
            "contains a credential, and a stack file is in Git. Remove the credential",
        )
        .refine((url) => !/[?#]/.test(url), "has a query or a fragment, which is not part of a server's URL. Remove it");
}

/** A credential; the stack file must contain it only as a secret (`pulumi config set --secret --path …`). */
export const secret = z
    .string("is missing or not text. Set it with `pulumi config set --secret --path`")
    .min(1, "is empty")
    .meta({ writeOnly: true, examples: [{ secure: "v1:…" }] });

/** Severity of an alert, by environment: `alerts.severities`. */
export const severity = z.enum(
    ["critical", "warning", "info"],
    'is not a valid severity. Write "critical", "warning" or "info"',
);

export type Severity = z.output<typeof severity>;

/** Refuses a name that YAML may have made of another one: a name that is a whole setting always arrives as text. */
export function noNumber<Name extends z.ZodString>(name: Name) {
    return name.refine(
        (given) => /[a-z]/.test(given) && Number.isNaN(Number(given)) && given !== "true" && given !== "false",
        "is a number or a truth value to YAML, which may have changed it. Choose a name that is neither",
    );
}

/** The DNS domain of a cluster, or of all clusters. */
export const domain = noNumber(dnsName("the fleet's domain", "example.com"));

/** Something that is so, or not. */
export const flag = z.boolean("must be true or false. Write one of these").meta({ examples: [true] });

/** ARN of an IAM role of AWS; `what` and `name` are for the error message and the example. */
export function roleArn(what: string, name: string) {
    return text(what, `arn:aws:iam::111122223333:role/${name}`).regex(
        /^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/,
        "is not a valid ARN of a role. Write arn:aws:iam::ACCOUNT:role/NAME",
    );
}

/** ID of a client or a tenant in Microsoft Entra. */
export function entraId(of: "client" | "tenant") {
    const example = of === "client" ? "11111111-2222-4333-8444-555555555555" : "99999999-2222-4333-8444-555555555555";
    return z.guid(`must be a ${of} ID of Microsoft Entra, which is a UUID`).meta({ examples: [example] });
}
