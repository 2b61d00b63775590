import { applicationsOf, type GivenApplications, repositoriesIn, urlsOf } from "./applications";
import type { Problem } from "./given";
import type { RepositorySettings } from "./repositories";
import { plainUrl } from "./repositoryUrl";

/** The settings that decide how Argo CD reads Git. */
interface Given extends GivenApplications {
    readonly repositories: Readonly<Record<string, RepositorySettings>>;
    readonly knownHosts: string;
    readonly webhooks: Readonly<Record<string, unknown>>;
    readonly adoptedRelease?: string | undefined;
    readonly scale: { readonly reconciliation?: string | undefined };
    readonly chart: { readonly values?: Readonly<Record<string, unknown>> | undefined };
}

/** What of these settings contradicts another one, so that Argo CD could not read Git, or would not see a push. */
export function gitProblems(given: Given): Problem[] {
    return [...webhookProblems(given), ...twinProblems(given), ...unreadProblems(given), ...hostProblems(given)];
}

function webhookProblems({ adoptedRelease, webhooks, scale }: Given): Problem[] {
    const [host] = Object.keys(webhooks);
    if (adoptedRelease !== undefined && host !== undefined) {
        const message =
            "is a key of the Secret argocd-secret, which an adopted Argo CD keeps as it is. Remove it, and write that key " +
            "there (argo-cd, operator-manual/webhook)";
        return [{ path: ["webhooks", host], message }];
    }
    if (adoptedRelease === undefined && host === undefined && /^(0(h|m|s|ms))+$/.test(scale.reconciliation ?? "")) {
        const message = "turns off polling, and there is no webhook: Argo CD would see no push. Write an interval, or set webhooks";
        return [{ path: ["scale", "reconciliation"], message }];
    }
    return [];
}

/** Argo CD takes an arbitrary one of two credentials for one repository (argo-cd, util/db/repository_secrets.go). */
function twinProblems({ repositories }: Given): Problem[] {
    const entries = Object.entries(repositories).map(([name, { url }]) => ({ name, url: plainUrl(url) }));
    return entries.flatMap(({ name, url }, index) => {
        const twin = entries.slice(0, index).find((other) => other.url === url);
        const message = `is the URL of ${twin?.name} too, and Argo CD would use either credential. Remove one`;
        return twin === undefined ? [] : [{ path: ["repositories", name, "url"], message }];
    });
}

/**
 * With several applications, a credential that none of them reads would be in the project of one that is not meant.
 * With one, it may be for what its chart reads besides, but not where it is nearly the application's own URL.
 */
function unreadProblems({ repositories, ...given }: Given): Problem[] {
    const all = applicationsOf(given);
    const read = all.flatMap(({ name, source }) => urlsOf(source).map((url) => ({ name, url, plain: plainUrl(url) })));
    return Object.entries(repositories).flatMap(([name, { url }]) => {
        const own = plainUrl(url);
        const isWithin = (inner: string, outer: string) => inner.startsWith(`${outer}/`);
        const near = read.find(({ plain }) => isWithin(plain, own) || isWithin(own, plain));
        const scheme = url.startsWith("oci://") ? "oci://" : "";
        const other = near === undefined ? "the URL of an application's repository" : `${scheme}${near.url}, which is ${near.name}'s`;
        const message = `is read by no application: Argo CD takes a credential for the whole URL. Write ${other}, or remove it`;
        const isMeant = read.some(({ plain }) => plain === own) || (all.length === 1 && near === undefined);
        return isMeant ? [] : [{ path: ["repositories", name, "url"], message }];
    });
}

/** Hosts whose keys the argo-cd chart has (`configs.ssh.knownHosts`). */
const chartsHosts = [
    "github.com",
    "[ssh.github.com]:443",
    "gitlab.com",
    "bitbucket.org",
    "ssh.dev.azure.com",
    "vs-ssh.visualstudio.com",
];

/** Argo CD connects to no SSH host without a known key. */
function hostProblems(given: Given): Problem[] {
    const { repositories, knownHosts, chart } = given;
    const { ssh } = (chart.values?.configs ?? {}) as { readonly ssh?: unknown };
    if (ssh !== undefined) {
        return [];
    }
    const patterns = [...chartsHosts, ...knownHosts.split("\n").flatMap((line) => line.split(" ", 1)[0]?.split(",") ?? [])];
    const urls = [
        ...repositoriesIn(given),
        ...Object.entries(repositories).map(([name, { url }]) => ({ path: ["repositories", name, "url"], url })),
    ];
    return urls.flatMap(({ path, url }) => {
        const host = sshHostOf(url);
        const message = `has the SSH host ${host}, whose key Argo CD does not know. Add it to knownHosts, as ssh-keyscan prints it`;
        return host === undefined || patterns.some((pattern) => matches(pattern, host)) ? [] : [{ path, message }];
    });
}

/** The host of an SSH URL as known_hosts has it: with its port, if that is not 22; undefined of another URL. */
function sshHostOf(url: string): string | undefined {
    if (url.startsWith("ssh://") && URL.canParse(url)) {
        const { hostname, port } = new URL(url);
        return port === "" || port === "22" ? hostname : `[${hostname}]:${port}`;
    }
    return /^\w+:\/\//.test(url) ? undefined : /^[^@]+@([^:]+)/.exec(url)?.[1];
}

/** Whether a pattern of known_hosts matches, with its wildcards (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
function matches(pattern: string, host: string): boolean {
    const glob = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
    return new RegExp(`^${glob}$`).test(host.toLowerCase());
}
