import { z } from "zod";
import { dnsLabel, dnsName, secret, type Severity, severity, text } from "./kinds";

/** Settings for the recipients of Argo CD Notifications about the agent's Applications. */

/** Events of an Application that can cause a notification. */
export const eventNames = ["degraded", "syncFailed", "deployed"] as const;

const event = z.enum(eventNames, 'is not a valid event. Write "degraded", "syncFailed" or "deployed"');

/** The events of which a recipient is notified, and the environments, by their severity. */
function filter(byDefault: { events: readonly (typeof eventNames)[number][]; severities: readonly Severity[] }) {
    return {
        events: z
            .array(event)
            .min(1, "names no event. Add one")
            .describe(
                "Events that cause a notification: an Application is Degraded, a sync failed, a new revision runs.",
            )
            .default([...byDefault.events]),
        severities: z
            .array(severity)
            .min(1, "names no severity. Add one")
            .describe("Only environments with one of these severities (`alerts.severities`) cause a notification.")
            .default([...byDefault.severities]),
    };
}

const everything = { events: eventNames, severities: severity.options };

/** A page wakes a person: send one only for what is critical, and not for a success. */
const emergencies = { events: ["degraded", "syncFailed"], severities: ["critical"] } as const;

/** At least one recipient, each with its filter. */
function each<Key extends z.core.$ZodRecordKey, Value extends z.core.SomeType>(key: Key, value: Value) {
    return z.record(key, value).refine((given) => Object.keys(given).length > 0, "names no recipient. Add one");
}

const slack = z.strictObject({
    token: secret.describe("Token of a Slack bot with the scope `chat:write`."),
    channels: each(
        text("a channel", "releases").regex(/^[^\s#:,;]+$/, 'is not a valid channel. Write its name without "#", or its ID'),
        z.strictObject(filter(everything)),
    ).describe("Slack channels, by name without `#`, or by ID."),
});

const email = z
    .strictObject({
        host: dnsName("the mail server", "smtp.example.com").describe("Host name of the SMTP server."),
        port: z
            .int("is not a whole number")
            .min(1, "must be at least 1")
            .max(65_535, "must be at most 65535")
            .meta({
                description:
                    "Port of the SMTP server. On port 465, with `username`, the connection uses TLS from the start. " +
                    "On other ports it uses STARTTLS if the server offers it.",
                examples: [465],
            })
            .default(587),
        from: z
            .email('is missing or not a valid e-mail address. Write for example "argocd@example.com"')
            .meta({ description: "E-mail address of the sender.", examples: ["argocd@example.com"] }),
        username: text("the user", "argocd").describe("User name for the SMTP server.").optional(),
        password: secret.describe("Password for the SMTP server.").optional(),
        to: each(
            z
                .email('is not a valid e-mail address. Write for example "platform@example.com"')
                .meta({ examples: ["platform@example.com"] }),
            z.strictObject(filter(everything)),
        ).describe("Recipients, by e-mail address."),
    })
    .refine(({ username, password }) => (username === undefined) === (password === undefined), {
        path: ["password"],
        error: "needs username, and username needs it. Set both, or neither",
    });

const pagerduty = z.strictObject({
    services: each(
        dnsLabel("a service's name", "agent"),
        z.strictObject({
            key: secret.describe("Integration key of the Events API v2."),
            ...filter(emergencies),
        }),
    ).describe("PagerDuty services, by a name of your choice."),
});

const webhooks = each(
    dnsLabel("a webhook's name", "releases").refine(
        (name) => !["slack", "email", "pagerdutyv2"].includes(name),
        "is the name of another service. Choose another name",
    ),
    z.strictObject({
        url: secret
            .regex(/^https?:\/\/\S+$/, "is not a valid HTTP(S) URL")
            .describe("URL that gets a POST request with JSON. It is a secret, because many of these URLs contain a token."),
        token: secret.describe("Bearer token of the request.").optional(),
        ...filter(everything),
    }),
);

export const notifications = z
    .strictObject({
        slack: slack.describe("Notifications by Slack."),
        email: email.describe("Notifications by e-mail."),
        pagerduty: pagerduty.describe("Notifications by PagerDuty."),
        webhooks: webhooks.describe("Notifications by webhooks, by a name of your choice."),
    })
    .partial()
    .refine(
        (given) => Object.values(given).some((service) => service !== undefined),
        "has no service. Add a service, or remove this setting",
    )
    .describe("Who gets notifications from Argo CD about the program's Applications. Without it, there are no notifications.")
    .optional();

export type NotificationSettings = z.output<typeof notifications>;

/** The events of which a recipient is notified, and the environments, by their severity. */
export type Filter = z.output<z.ZodObject<ReturnType<typeof filter>>>;

/** The filters of all recipients. */
export function filtersOf(settings: NotificationSettings): Filter[] {
    const { slack, email, pagerduty, webhooks } = settings ?? {};
    const recipients = [slack?.channels, email?.to, pagerduty?.services, webhooks];
    return recipients.flatMap((each) => Object.values<Filter>(each ?? {}));
}
