import { z } from "zod";
import { goDuration } from "./duration";
import { dnsLabel, dnsName, secret, text } from "./kinds";

/** Settings of the one name by which users reach the agent, and of the move to another cluster. */

const flag = z.boolean("is true or false. Write one of these");

const command = z
    .array(z.string("an argument is text. Put it in quotes"))
    .min(1, 'names no command. Write for example ["./promote-database"]');

/** external-dns (kubernetes-sigs.github.io/external-dns) on the hub: one of the program's own, or one that is there. */
const externalDns = z
    .discriminatedUnion(
        "mode",
        [
            z.strictObject({
                mode: z.literal("install"),
                provider: text("the DNS provider, as external-dns names it", "aws"),
                chart: z
                    .strictObject({
                        path: text("a chart's folder or archive", "./charts/external-dns").optional(),
                        version: z
                            .string("is not text. Put it in quotes")
                            .regex(/^\d+\.\d+\.\d+$/, 'is no exact version. Write for example "1.22.0"')
                            .optional(),
                    })
                    .default({}),
                /** Zones that it may change; nothing means the fleet's domain. */
                zones: z.array(dnsName("a zone", "example.com")).min(1, "names no zone. Add one").optional(),
                /** Further flags of external-dns. */
                args: z.array(z.string().startsWith("--", 'is no flag. Write for example "--aws-zone-type=public"'))
                    .default([]),
                env: z.record(z.string(), z.string("a variable's value is text. Put it in quotes")).default({}),
                /** The provider's credentials, as variables: they become the Secret `external-dns`. */
                secretEnv: z.record(z.string(), secret).default({}),
                /** Annotations of its ServiceAccount, by which a cloud knows it. */
                identity: z.record(z.string(), z.string()).default({}),
            }),
            z.strictObject({ mode: z.literal("existing") }),
        ],
        'is "install", or "existing" where the hub has external-dns with --source=crd. Write one of these',
    )
    .default({ mode: "existing" });

/**
 * Failover records of Route53 in the place of a plain alias: it answers with the active cluster while that one's health
 * check passes, and else with the other. The health checks are made by other means.
 */
const route53 = z.strictObject({
    /** The two clusters, each with the id of its health check. */
    healthChecks: z
        .record(
            dnsLabel("a cluster's name", "prod"),
            text("a health check's id", "0123abcd-01ab-23cd-45ef-0123456789ab").regex(
                /^[A-Za-z0-9-]{1,64}$/,
                'is no id of a health check. Write what `aws route53 list-health-checks` prints as "Id"',
            ),
        )
        .refine(
            (checks) => Object.keys(checks).length === 2,
            "names the active cluster and one other, since Route53 has one primary and one secondary record. Name two",
        ),
});

export const traffic = z
    .strictObject({
        /** The cluster that users reach. This is the one place that says so; `npm run failover` changes it. */
        active: dnsLabel("the active cluster's name", "prod"),
        /** The users' name; nothing means `agent.<domain>`. */
        name: dnsName("the users' name", "agent.example.com").optional(),
        /** The agent's own name on a cluster, where it is not `agent.<cluster>.<domain>`. */
        names: z.record(dnsLabel("a cluster's name", "prod"), dnsName("a name", "agent.prod.example.com")).default({}),
        /** Seconds for which a resolver may keep the answer. */
        ttl: z.int("is no whole number of seconds").min(1, "must be at least 1").max(86_400, "is over a day").default(30),
        externalDns,
        route53: route53.optional(),
        /** Commands that a failover runs and awaits, by what they are for. */
        hooks: z.strictObject({ database: command.optional() }).default({}),
        automatic: z
            .strictObject({
                enabled: flag.default(false),
                after: goDuration.default("2m"),
                coolDown: goDuration.default("30m"),
            })
            .prefault({}),
    })
    .superRefine(({ active, externalDns, route53 }, context) => {
        if (route53 !== undefined && route53.healthChecks[active] === undefined) {
            const message = `knows ${Object.keys(route53.healthChecks).join(", ")}, and not the active cluster, ${active}. Add it`;
            context.addIssue({ code: "custom", path: ["route53", "healthChecks"], message });
        }
        if (route53 !== undefined && externalDns.mode === "install" && externalDns.provider !== "aws") {
            const message = 'is not "aws", and route53 is set. Write "aws", or remove route53';
            context.addIssue({ code: "custom", path: ["externalDns", "provider"], message });
        }
    })
    .optional();

/** The users' name and what moves it; undefined where the program publishes none. */
export type TrafficSettings = z.output<typeof traffic>;
