import { expect } from "chai";
import { waitUntilItResolves, whereItPoints } from "../../scripts/failover/names";
import { type DnsRecords, type DnsServer, dnsServer } from "./support/dnsServer";
import { failure } from "./support/failure";

const users = "agent.example.com";
const target = "agent.dr.example.com";

describe("the users' name in a failover", () => {
    let records: Record<string, DnsRecords>;
    let server: DnsServer;
    before(async () => {
        server = await dnsServer((name) => records[name]);
    });
    after(() => server.close());

    const wait = (seconds: number) => waitUntilItResolves(users, target, { server: server.address, seconds });

    const there: [name: string, records: Record<string, DnsRecords>][] = [
        ["is an alias of the cluster's name", { [users]: { alias: target } }],
        [
            "has the cluster's addresses, in any order, where the provider publishes those",
            { [users]: { addresses: ["192.0.2.1", "192.0.2.2"] }, [target]: { addresses: ["192.0.2.2", "192.0.2.1"] } },
        ],
        [
            "has the cluster's addresses of both kinds",
            {
                [users]: { addresses: ["192.0.2.1", "2001:db8:0:0:0:0:0:1"] },
                [target]: { addresses: ["192.0.2.1", "2001:db8:0:0:0:0:0:1"] },
            },
        ],
    ];
    for (const [name, given] of there) {
        it(`has moved when it ${name}`, async () => {
            records = given;
            await wait(5);
        });
    }

    it("has moved when its alias does, later", async () => {
        let looks = 0;
        const alias = () => (++looks > 3 ? target : "agent.prod.example.com");
        const slow = await dnsServer((name) => (name === users ? { alias: alias() } : undefined));
        try {
            await waitUntilItResolves(users, target, { server: slow.address, seconds: 10 });
            expect(looks).to.be.greaterThan(3);
        } finally {
            await slow.close();
        }
    });

    const one = ["192.0.2.1"];
    const elsewhere: [name: string, records: Record<string, DnsRecords>, seen: string][] = [
        ["is an alias of the old name", { [users]: { alias: "agent.prod.example.com" } }, "agent.prod.example.com"],
        [
            "is an alias of the old name, although both clusters have one address",
            { [users]: { alias: "agent.prod.example.com", addresses: one }, [target]: { addresses: one } },
            "agent.prod.example.com",
        ],
        [
            "has other addresses",
            { [users]: { addresses: ["192.0.2.1", "192.0.2.2"] }, [target]: { addresses: one } },
            "192.0.2.1, 192.0.2.2",
        ],
        ["has another address of IPv6", {
            [users]: { addresses: [...one, "2001:db8:0:0:0:0:0:1"] },
            [target]: { addresses: [...one, "2001:db8:0:0:0:0:0:2"] },
        }, "192.0.2.1, 2001:db8::1"],
        ["has no answer, nor has the cluster's", {}, "no answer"],
    ];
    for (const [name, given, seen] of elsewhere) {
        it(`has not moved while it ${name}`, async () => {
            records = given;
            const error = await failure(wait(0.4));
            expect(error).to.match(/^waited 0\.\d s for agent\.example\.com to resolve to agent\.dr\.example\.com; /);
            expect(error).to.match(new RegExp(`last seen: ${seen}$`));
        });
    }

    it("points to its alias, to its addresses, or to nothing", async () => {
        records = { a: { alias: target, addresses: one }, b: { addresses: ["192.0.2.1", "192.0.2.2"] } };
        const names = await Promise.all(["a", "b", "c"].map((name) => whereItPoints(name, server.address)));
        expect(names).to.deep.equal([target, "192.0.2.1, 192.0.2.2", "nothing"]);
    });
});
