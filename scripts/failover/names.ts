import { Resolver } from "node:dns/promises";
import { waitFor } from "../../clusters/wait";

/** Limit of one question to a DNS server, in milliseconds. */
const timeout = 2_000;

/** What a name answers. */
interface Answer {
    readonly alias: string | undefined;
    readonly addresses: readonly string[];
}

/**
 * Waits until a name resolves to another: as its alias, or else by the same addresses, since some providers publish
 * addresses in an alias' place.
 *
 * @param server `address:port` of the DNS server to ask; nothing means the machine's own, which may hold an old answer
 *     for the record's TTL
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

/** Where a name points now: its alias or its addresses, for a person. */
export async function whereItPoints(name: string, server: string | undefined): Promise<string> {
    const { alias, addresses } = await lookUp(name, server);
    return alias ?? (addresses.join(", ") || "nothing");
}

/** Only where the name has no alias: two clusters behind one address would look the same. */
function sameAddresses(one: Answer, other: Answer): boolean {
    const [left, right] = [one, other].map(({ addresses }) => [...addresses].sort().join());
    return one.alias === undefined && left !== "" && left === right;
}

async function lookUp(name: string, server: string | undefined): Promise<Answer> {
    const resolver = new Resolver({ timeout, tries: 1 });
    if (server !== undefined) {
        resolver.setServers([server]);
    }
    const [aliases, four, six] = await Promise.all(
        [resolver.resolveCname(name), resolver.resolve4(name), resolver.resolve6(name)].map((answer) =>
            answer.catch((): string[] => []),
        ),
    );
    return { alias: aliases?.[0], addresses: [...(four ?? []), ...(six ?? [])] };
}
