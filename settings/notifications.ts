import { z } from "zod";
import { dnsLabel, dnsName, secret, type Severity, severity, text } from "./kinds";

/** Settings of who is told by Argo CD Notifications what becomes of the agent's Applications. */

/** What people can be told about an Application. */
export const eventNames = ["degraded", "syncFailed", "deployed"] as const;

const event = z.enum(eventNames, 'is no event. Write "degraded", "syncFailed" or "deployed"');

/** What somebody is told, and of which environments, by their severity; what is not given is everything. */
function filter(byDefault: { events: readonly (typeof eventNames)[number][]; severities: readonly Severity[] }) {
    return {
        events: z.array(event).min(1, "names no event. Add one").default([...byDefault.events]),
        severities: z.array(severity).min(1, "names no severity. Add one").default([...byDefault.severities]),
    };
}

const everything = { events: eventNames, severities: severity.options };

/** Somebody is called out of bed for what is critical, and not for a success. */
const emergencies = { events: ["degraded", "syncFailed"], severities: ["critical"] } as const;

/** At least one of them, each with what it is told. */
function each<Key extends z.core.$ZodRecordKey, Value extends z.core.SomeType>(key: Key, value: Value) {
    return z.record(key, value).refine((given) => Object.keys(given).length > 0, "names nobody. Add one");
}

const slack = z.strictObject({
    /** A bot's token, with the scope chat:write. */
    token: secret,
    channels: each(
        text("a channel", "releases").regex(/^[^\s#:,;]+$/, 'is no channel. Write its name without "#", or its id'),
        z.strictObject(filter(everything)),
    ),
});

const email = z
    .strictObject({
        host: dnsName("the mail server", "smtp.example.com"),
        /** 465 is TLS from the start, with a user; else TLS begins where the server offers it. */
        port: z.int("is no whole number").min(1, "must be at least 1").max(65_535, "is no port").default(587),
        from: z.email('is missing or no address. Write for example "argocd@example.com"'),
        username: text("the user", "argocd").optional(),
        password: secret.optional(),
        to: each(z.email('is no address. Write for example "platform@example.com"'), z.strictObject(filter(everything))),
    })
    .refine(({ username, password }) => (username === undefined) === (password === undefined), {
        path: ["password"],
        error: "goes with username. Give both, or none",
    });

const pagerduty = z.strictObject({
    services: each(
        dnsLabel("a service's name", "agent"),
        /** `key` is the integration key of PagerDuty's Events API v2. */
        z.strictObject({ key: secret, ...filter(emergencies) }),
    ),
});

const webhooks = each(
    dnsLabel("a webhook's name", "releases").refine(
        (name) => !["slack", "email", "pagerdutyv2"].includes(name),
        "is the name of another service. Choose another",
    ),
    z.strictObject({
        /** Kept secret, since many hosts put a token into it. */
        url: secret.regex(/^https?:\/\/\S+$/, "is no http(s) URL"),
        /** Sent as a bearer token. */
        token: secret.optional(),
        ...filter(everything),
    }),
);

/** Whom Argo CD tells; without it nobody. */
export const notifications = z
    .strictObject({ slack, email, pagerduty, webhooks })
    .partial()
    .refine(
        (given) => Object.values(given).some((service) => service !== undefined),
        "tells nobody. Add a service, or remove it",
    )
    .optional();

export type NotificationSettings = z.output<typeof notifications>;

/** What somebody is told, and of which environments, by their severity. */
export type Filter = z.output<z.ZodObject<ReturnType<typeof filter>>>;

/** All filters, for whom they are left out. */
export function filtersOf(settings: NotificationSettings): Filter[] {
    const { slack, email, pagerduty, webhooks } = settings ?? {};
    const recipients = [slack?.channels, email?.to, pagerduty?.services, webhooks];
    return recipients.flatMap((each) => Object.values<Filter>(each ?? {}));
}
