import type { AlertSettings } from "../../settings/alerts";
import type { Filter } from "../../settings/notifications";
import type { Severity } from "../../settings/kinds";
import { severityOf } from "../watch/rules";
import { nameLabel } from "../../clusters/names";
import type { ArgoCdValues } from "./names";
import { templates, triggerOf, triggers } from "./notificationEvents";
import { toYaml } from "../support/yaml";

/**
 * The Secret with the tokens. The program always creates it instead of the chart, and leaves it empty without
 * recipients: a Secret of the chart could not be created again when notifications are turned on. With another name, a
 * controller that still runs would not find the tokens, and would record unsent notifications as sent.
 */
export const notificationsSecret = "argocd-notifications-secret";

type Settings = Pick<AlertSettings, "notifications" | "severities">;

/** The contents of the Secret, by the names in the services' configuration. */
export function notificationSecrets({ notifications }: Settings): Record<string, string> {
    const { slack, email, pagerduty, webhooks = {} } = notifications ?? {};
    const given = {
        "slack-token": slack?.token,
        "email-password": email?.password,
        ...named(pagerduty?.services ?? {}, (name, { key }) => [[`pagerduty-${name}`, key]]),
        ...named(webhooks, (name, { url, token }) => [[`webhook-${name}-url`, url], [`webhook-${name}-token`, token]]),
    };
    return Object.fromEntries(
        Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
}

/**
 * Values of the argo-cd chart, without secrets. Without recipients there is no controller: the chart's Role lets it
 * list every Secret of Argo CD's namespace (templates/argocd-notifications/role.yaml), although it needs one.
 *
 * @param applications names of the applications whose Applications send notifications
 */
export function notificationValues(settings: Settings, applications: readonly string[]): ArgoCdValues {
    const { notifications } = settings;
    const told =
        notifications === undefined
            ? { enabled: false }
            : {
                  notifiers: services(notifications),
                  triggers: triggers(),
                  templates: templates(settings, Object.keys(notifications.webhooks ?? {})),
                  subscriptions: subscriptions(settings, applications),
              };
    return { notifications: { secret: { create: false, name: notificationsSecret }, ...told } };
}

/** The services' configuration, in which `$name` refers to a key of the Secret (argo-cd, docs/…/services). */
function services({ slack, email, pagerduty, webhooks = {} }: NonNullable<Settings["notifications"]>) {
    const configurations = {
        slack: slack && { token: "$slack-token" },
        email: email && {
            host: email.host,
            port: email.port,
            from: email.from,
            ...(email.username === undefined ? {} : { username: email.username, password: "$email-password" }),
        },
        pagerdutyv2: pagerduty && {
            serviceKeys: named(pagerduty.services, (name) => [[name, `$pagerduty-${name}`]]),
        },
        ...named(webhooks, (name, { token }) => [
            [
                `webhook.${name}`,
                {
                    url: `$webhook-${name}-url`,
                    headers: [
                        { name: "Content-Type", value: "application/json" },
                        ...(token === undefined
                            ? []
                            : [{ name: "Authorization", value: `Bearer $webhook-${name}-token` }]),
                    ],
                },
            ],
        ]),
    };
    return Object.fromEntries(
        Object.entries(configurations).flatMap(([name, configuration]) =>
            configuration === undefined ? [] : [[`service.${name}`, toYaml(configuration)]],
        ),
    );
}

/** Default subscriptions for the Applications of each application, so that these need no annotations. */
function subscriptions(settings: Settings, applications: readonly string[]) {
    const { slack, email, pagerduty, webhooks = {} } = settings.notifications ?? {};
    const recipients: Record<string, Filter> = {
        ...named(slack?.channels ?? {}, (name, filter) => [[`slack:${name}`, filter]]),
        ...named(email?.to ?? {}, (name, filter) => [[`email:${name}`, filter]]),
        ...named(pagerduty?.services ?? {}, (name, filter) => [[`pagerdutyv2:${name}`, filter]]),
        ...named(webhooks, (name, filter) => [[name, filter]]),
    };
    return Object.entries(recipients).map(([recipient, { events, severities }]) => ({
        recipients: [recipient],
        triggers: events.map(triggerOf),
        selector: [ofApplications(applications), ...selector(severities, settings)].join(","),
    }));
}

/** One application is selected as before there were several. */
function ofApplications([first = "", ...others]: readonly string[]): string {
    return others.length === 0 ? `${nameLabel}=${first}` : `${nameLabel} in (${[first, ...others].join(",")})`;
}

/** The environments with these severities, as a selector over the Applications' labels. */
function selector(wanted: readonly Severity[], { severities }: Settings): string[] {
    const environments = Object.keys(severities).sort();
    const chosen = environments.filter((name) => wanted.includes(severityOf(severities, name)));
    const others = environments.filter((name) => !chosen.includes(name));
    // An environment that is not in the settings has the severity `warning`.
    if (wanted.includes("warning")) {
        return others.length === 0 ? [] : [`environment notin (${others.join(",")})`];
    }
    return [`environment in (${chosen.join(",")})`];
}

function named<Given, Made>(
    given: Readonly<Record<string, Given>>,
    make: (name: string, settings: Given) => [string, Made][],
): Record<string, Made> {
    return Object.fromEntries(Object.entries(given).flatMap(([name, settings]) => make(name, settings)));
}
