import { z } from "zod";
import { goDuration } from "./duration";
import { flagProblem, leastTtlOf, usualTtl } from "./externalDnsLimits";
import { dnsLabel, dnsName, flag, secret, text } from "./kinds";
import { plainVariables, twiceIn } from "./variables";

/** Settings for the DNS name by which users reach the agent, and for the failover to another cluster. */

const command = z
    .array(z.string("an argument must be text. Put it in quotes"))
    .min(1, 'names no command. Write for example ["./promote-database"]')
    .meta({ examples: [["./promote-database"]] });

/** external-dns (kubernetes-sigs.github.io/external-dns) on the hub: the program installs it, or the hub has it. */
const externalDns = z
    .discriminatedUnion(
        "mode",
        [
            z.strictObject({
                mode: z.literal("install").describe("The program installs external-dns on the hub."),
                provider: text("the DNS provider, as external-dns names it", "aws").describe(
                    "DNS provider, by its name in external-dns.",
                ),
                plan: z
                    .literal("enterprise", 'must be "enterprise". Write that, or remove it')
                    .describe("Plan of the zone at Cloudflare, if it is Enterprise: the minimum TTL there is 30, not 60.")
                    .optional(),
                chart: z
                    .strictObject({
                        path: text("a chart's folder or archive", "./charts/external-dns")
                            .describe("Local folder or archive of the chart, instead of the chart repository.")
                            .optional(),
                        version: z
                            .string("is not text. Put it in quotes")
                            .regex(/^\d+\.\d+\.\d+$/, 'is not an exact version. Write for example "1.22.0"')
                            .meta({ description: "Version of the chart in the chart repository.", examples: ["1.22.0"] })
                            .optional(),
                    })
                    .describe("The Helm chart of external-dns.")
                    .default({}),
                zones: z
                    .array(dnsName("a zone", "example.com"))
                    .min(1, "names no zone. Add one")
                    .describe(
                        "DNS zones that external-dns may change, by their own names: external-dns does not find the zone " +
                            "of a domain below it. The default is the hub's `domain`.",
                    )
                    .optional(),
                args: z
                    .array(
                        z
                            .string()
                            .startsWith("--", 'is not a flag. Write for example "--aws-zone-type=public"')
                            .superRefine((flag, context) => {
                                const message = flagProblem(flag);
                                if (message !== undefined) {
                                    context.addIssue({ code: "custom", message });
                                }
                            }),
                    )
                    .meta({ description: "More command-line flags of external-dns.", examples: [["--aws-zone-type=public"]] })
                    .default([]),
                env: plainVariables()
                    .meta({
                        description: "Environment variables of external-dns, without secrets.",
                        examples: [{ AWS_REGION: "eu-west-1" }],
                    })
                    .default({}),
                secretEnv: z
                    .record(z.string(), secret)
                    .meta({
                        description: "Environment variables with the credentials for the DNS provider. They are in the Secret `external-dns`.",
                        examples: [{ CF_API_TOKEN: { secure: "v1:…" } }],
                    })
                    .default({}),
                identity: z
                    .record(z.string(), z.string())
                    .meta({
                        description: "Annotations of the ServiceAccount of external-dns, for the identity in a cloud.",
                        examples: [{ "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/external-dns" }],
                    })
                    .default({}),
            }),
            z.strictObject({
                mode: z.literal("existing").describe("The hub has external-dns with the source `crd`."),
            }),
        ],
        'must be "install", or "existing" if the hub has external-dns with --source=crd. Write one of these',
    )
    .describe("external-dns on the hub, which publishes the DNS record.")
    .default({ mode: "existing" });

const route53 = z.strictObject({
    healthChecks: z
        .record(
            dnsLabel("a cluster's name", "prod"),
            text("a health check's id", "0123abcd-01ab-23cd-45ef-0123456789ab").regex(
                /^[A-Za-z0-9-]{1,64}$/,
                'is not a valid ID of a health check. Write what `aws route53 list-health-checks` prints as "Id"',
            ),
        )
        .refine(
            (checks) => Object.keys(checks).length === 2,
            "must name the active cluster and one other: Route53 has one primary and one secondary record. Name two",
        )
        .describe("IDs of the health checks of two clusters: the active cluster and one other."),
});

export const traffic = z
    .strictObject({
        active: dnsLabel("the active cluster's name", "prod").describe(
            "Name of the cluster that users reach. `npm run failover` changes it.",
        ),
        acknowledge: text("the id of a move", "m3fa9c1e")
            .describe(
                "ID of the last move of users that the hub records. It lets `active` differ from that record, to send " +
                    "users back on purpose. The error message gives the ID.",
            )
            .optional(),
        name: dnsName("the users' name", "agent.example.com")
            .describe("DNS name of the agent for users. The default is `agent.<domain>`.")
            .optional(),
        names: z
            .record(dnsLabel("a cluster's name", "prod"), dnsName("a name", "agent.prod.example.com"))
            .describe("DNS name of the agent on a cluster, by cluster. The default is `agent.<cluster>.<domain>`.")
            .default({}),
        ttl: z
            .int("is not a whole number of seconds")
            .min(1, "must be at least 1")
            .max(86_400, "must be at most 86400, which is a day")
            .meta({
                description:
                    "TTL of the DNS record, in seconds. The default is 30, or the minimum of the DNS provider if that is " +
                    "higher: 60 at Cloudflare (30 with the plan Enterprise), 600 at GoDaddy.",
                examples: [60],
            })
            .optional(),
        externalDns,
        route53: route53
            .describe(
                "Create failover records in Route53 instead of an alias. Route53 then answers with the active cluster " +
                    "while its health check passes, and with the other cluster if not.",
            )
            .optional(),
        hooks: z
            .strictObject({
                database: command
                    .describe("Command, with its arguments, that promotes the database. A failover waits for its end.")
                    .optional(),
            })
            .describe("Commands that `npm run failover` runs.")
            .default({}),
        automatic: z
            .strictObject({
                enabled: flag.describe("Allow `npm run failover:receiver` to move users.").default(false),
                after: goDuration
                    .meta({ description: "Duration of the outage before the failover starts.", examples: ["5m"] })
                    .default("2m"),
                coolDown: goDuration.describe("Time after a failover without another automatic failover.").default("30m"),
            })
            .describe("Failover without a person.")
            .prefault({}),
    })
    .superRefine(({ active, externalDns, route53, ttl }, context) => {
        if (ttl !== undefined && ttl < leastTtlOf(externalDns)) {
            const least = leastTtlOf(externalDns);
            const plan = least === 60 ? ", or set externalDns.plan if the zone has Cloudflare's plan Enterprise" : "";
            const message = `is ${ttl}, and the DNS provider accepts ${least} at least. Write ${least}, or remove it${plan}`;
            context.addIssue({ code: "custom", path: ["ttl"], message });
        }
        if (externalDns.mode === "install" && externalDns.plan !== undefined && externalDns.provider !== "cloudflare") {
            const message = "is a plan of Cloudflare, and provider is another. Remove it";
            context.addIssue({ code: "custom", path: ["externalDns", "plan"], message });
        }
        const { env = {}, secretEnv = {} } = externalDns.mode === "install" ? externalDns : {};
        for (const { name, message } of twiceIn(env, secretEnv)) {
            context.addIssue({ code: "custom", path: ["externalDns", "env", name], message });
        }
        if (route53 !== undefined && route53.healthChecks[active] === undefined) {
            const message = `has ${Object.keys(route53.healthChecks).join(", ")}, and not the active cluster, ${active}. Add it`;
            context.addIssue({ code: "custom", path: ["route53", "healthChecks"], message });
        }
        if (route53 !== undefined && externalDns.mode === "install" && externalDns.provider !== "aws") {
            const message = 'must be "aws" with route53. Write "aws", or remove route53';
            context.addIssue({ code: "custom", path: ["externalDns", "provider"], message });
        }
    })
    .transform((given) => ({ ...given, ttl: given.ttl ?? usualTtl(given.externalDns) }))
    .describe("One DNS name for all users, and its failover; see docs/failover.md. Without it, there is no such name.")
    .optional();

/** The users' DNS name and its failover; undefined if the program publishes no such name. */
export type TrafficSettings = z.output<typeof traffic>;
