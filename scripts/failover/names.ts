import { Resolver } from "node:dns/promises";
import { waitFor } from "../../clusters/wait";

/** Limit of one DNS query, in milliseconds. */
const timeout = 2_000;

/** The DNS answer for a name. */
interface Answer {
    readonly alias: string | undefined;
    readonly addresses: readonly string[];
}

/**
 * Waits until a name resolves to another: as its alias (CNAME), or to the same addresses, because some providers
 * publish addresses instead of an alias.
 *
 * @param server `address:port` of the DNS server; undefined means the machine's DNS server, which may cache an old
 *     answer for the record's TTL
 */
export async function waitUntilItResolves(
    name: string,
    target: string,
    { server, seconds }: { readonly server: string | undefined; readonly seconds: number },
): Promise<void> {
    await waitFor(`${name} to resolve to ${target}`, async () => {
        const answer = await lookUp(name, server);
        const there = answer.alias === target || sameAddresses(answer, await lookUp(target, server));
        return there ? { done: undefined } : { seen: answer.alias ?? (answer.addresses.join(", ") || "no answer") };
    }, { timeoutMs: seconds * 1000, intervalMs: 250 });
}

/** A name's present alias or addresses, for a message. */
export async function whereItPoints(name: string, server: string | undefined): Promise<string> {
    const { alias, addresses } = await lookUp(name, server);
    return alias ?? (addresses.join(", ") || "nothing");
}

/** Compares addresses only if the name has no alias: two clusters can share one address. */
function sameAddresses(one: Answer, other: Answer): boolean {
    const [left, right] = [one, other].map(({ addresses }) => [...addresses].sort().join());
    return one.alias === undefined && left !== "" && left === right;
}

async function lookUp(name: string, server: string | undefined): Promise<Answer> {
    const resolver = new Resolver({ timeout, tries: 1 });
    if (server !== undefined) {
        resolver.setServers([server]);
    }
    const found = (answer: Promise<string[]>) => answer.catch((): string[] => []);
    const [[alias], four, six] = await Promise.all([
        found(resolver.resolveCname(name)),
        found(resolver.resolve4(name)),
        found(resolver.resolve6(name)),
    ]);
    return { alias, addresses: [...four, ...six] };
}
