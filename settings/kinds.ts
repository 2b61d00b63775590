import { z } from "zod";

/** Kinds of values that several settings share, with the errors that they make. */

/** Text that must be there; `what` and `example` make the error, and the example is the reference's too. */
export function text(what: string, example: string) {
    return z
        .string(`${what} is missing or not text. Write for example "${example}"`)
        .min(1, `${what} is empty`)
        .meta({ examples: [example] });
}

export function dnsLabel(what: string, example: string) {
    return text(what, example).regex(
        /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
        `${what} has at most 63 lower-case letters, digits and "-", and begins and ends with a letter or digit. ` +
            `Write for example "${example}"`,
    );
}

/** A quantity of Kubernetes. */
export const quantity = z
    .string("is not text. Put it in quotes")
    .regex(/^\d+(\.\d+)?(m|[kMGT]i?)?$/, 'is no quantity of Kubernetes. Write for example "500m" or "4Gi"')
    .meta({ examples: ["4Gi"] });

/** A number of things. */
export const count = z
    .int("is no whole number")
    .min(1, "must be at least 1")
    .max(10_000, "must be at most 10000")
    .meta({ examples: [3] });

/** A name of DNS, in lower case. */
export const dnsNamePattern =
    /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export function dnsName(what: string, example: string) {
    return text(what, example).regex(dnsNamePattern, `is no DNS name. Write for example "${example}"`);
}

/** A credential, which belongs into the stack file only as a secret (`pulumi config set --secret --path …`). */
export const secret = z
    .string("is missing or not text. Set it by `pulumi config set --secret --path`")
    .min(1, "is empty")
    .meta({ writeOnly: true, examples: [{ secure: "v1:…" }] });

/** How bad something is, by the environment that it happens in: `alerts.severities`. */
export const severity = z.enum(
    ["critical", "warning", "info"],
    'is no severity here. Write "critical", "warning" or "info"',
);

export type Severity = z.output<typeof severity>;

/** The DNS domain of a cluster, or of all clusters. */
export const domain = dnsName("the fleet's domain", "example.com");

/** Pulumi hands over a plain `true` as text. */
export const flag = z
    .union([z.boolean(), z.enum(["true", "false"])], "is true or false. Write one of these")
    .meta({ examples: [true] })
    .transform((value) => String(value) === "true");
