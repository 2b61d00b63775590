import { isIP } from "node:net";
import { z } from "zod";
import type { Problem } from "./given";

/** Where Argo CD's pods on the hub may connect to. */

const cidr = z
    .string("is not text. Put it in quotes")
    .refine(isCidr, 'is not a network in CIDR notation. Write for example "10.0.0.0/16", or "203.0.113.7/32" for one address')
    .meta({ description: "Network in CIDR notation.", examples: ["10.0.0.0/16"] });

const port = z.int("is not a whole number").min(1, "must be at least 1").max(65_535, "must be at most 65535").meta({ examples: [443] });

/** Destinations of one kind; `ports` are those of an entry that names none. */
function destinations(what: string, ports: readonly number[]) {
    const destination = z.strictObject({
        cidr,
        ports: z
            .array(port)
            .min(1, "names no port. Add one, or remove it for the default")
            .describe("TCP ports.")
            .default([...ports]),
    });
    return z.array(destination).min(1, "names no destination. Add one, or remove it").describe(what);
}

export const egress = z
    .strictObject({
        hub: destinations("The hub's own API server, by the addresses behind the Service `kubernetes`.", [443, 6443]),
        clusters: destinations("The API servers of the spokes, or the proxies in front of them.", [443, 6443]).optional(),
        git: destinations("Git servers and Helm repositories, or the proxy to them.", [443, 22]),
        signOn: destinations("The provider of single sign-on, or the proxy to it.", [443]).optional(),
        identity: destinations("What gives Argo CD its identity at a cloud, such as AWS STS.", [443]).optional(),
        notifications: destinations("The receivers of notifications, or the proxy to them.", [443]).optional(),
        dns: destinations("DNS servers, by TCP and UDP. By default port 53 of every address.", [53]).prefault([
            { cidr: "0.0.0.0/0" },
            { cidr: "::/0" },
        ]),
    })
    .describe(
        "Limits where Argo CD's pods may connect to: each component reaches the other pods of its namespace, DNS, and what it " +
            "needs of these. Without it, they may connect to everything. See docs/networking.md.",
    )
    .optional();

/** Where Argo CD's pods may connect to; undefined for everywhere. */
export type EgressSettings = z.output<typeof egress>;

/** The settings that need a destination. */
interface Given {
    readonly egress?: EgressSettings;
    readonly access: { readonly oidc?: unknown };
    readonly alerts: { readonly notifications?: unknown };
    readonly identity: Readonly<Record<string, unknown>>;
}

/** Destinations that are missing, although other settings need them. */
export function egressProblems({ egress, access, alerts, identity }: Given): Problem[] {
    const needed = {
        signOn: access.oidc === undefined ? undefined : "access.oidc",
        notifications: alerts.notifications === undefined ? undefined : "alerts.notifications",
        identity: Object.keys(identity).length === 0 ? undefined : "identity",
    } as const;
    return Object.entries(needed).flatMap(([kind, setting]) => {
        if (egress === undefined || setting === undefined || egress[kind as keyof typeof needed] !== undefined) {
            return [];
        }
        const message = `is missing, and ${setting} is set: Argo CD could not connect to it. Add its networks`;
        return [{ path: ["egress", kind], message }];
    });
}

function isCidr(text: string): boolean {
    const [address = "", prefix = "", ...rest] = text.split("/");
    const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    return rest.length === 0 && /^(0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= longest;
}
