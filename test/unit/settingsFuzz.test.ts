import { expect } from "chai";
import * as fc from "fast-check";
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { InputError } from "../../settings/inputError";
import { parseSettings } from "../../settings";

const root = path.resolve(__dirname, "../..");

/** Settings that are good, to be spoilt: the committed stack files, and one with everything in it. */
const good = readdirSync(root)
    .filter((file) => /^Pulumi\..+\.yaml$/.test(file))
    .map((file) => {
        const { config } = parse(readFileSync(path.join(root, file), "utf8")) as { config: Record<string, unknown> };
        const own = Object.entries(config).filter(([key]) => key.startsWith("hubspoke:"));
        return Object.fromEntries(own.map(([key, value]) => [key.slice("hubspoke:".length), value]));
    });
const everything = {
    ...good.find(({ role }) => role === "environment"),
    clusters: {
        a: {
            context: "a",
            server: "https://a.example.com",
            domain: "a.example.com",
            labels: { region: "eu", deploy: "true" },
            credentials: { type: "aws", clusterName: "a", subject: { kind: "Group", name: "x" } },
            permissions: { scope: "cluster", kinds: [{ apiGroup: "apps", resources: ["deployments"] }] },
            tls: { serverName: "a" },
            proxyUrl: "http://proxy.example.com",
        },
        b: { context: "b", labels: { region: "eu" }, credentials: { type: "token", generation: 3, retired: 1 } },
    },
};

type Path = readonly (string | number)[];

/** Every place in a document, the document itself left out. */
function places(value: unknown, at: Path = []): Path[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([key, child]) => {
        const here = [...at, Array.isArray(value) ? Number(key) : key];
        return [here, ...places(child, here)];
    });
}

function replaced(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
    if (key === undefined) {
        return value;
    }
    if (Array.isArray(document)) {
        // A list has no members by name: such a one is appended.
        const list = [...(document as unknown[])];
        const index = typeof key === "number" ? key : list.length;
        list[index] = replaced(list[index], rest, value);
        return list;
    }
    const copy = { ...(document as Record<string, unknown>) };
    copy[key] = replaced(copy[key], rest, value);
    return copy;
}

/** Whatever YAML can hold, with a liking for what is almost right. */
const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: "binary" }),
    fc.constantFrom("", " ", "*", "../..", "true", "https://", "-----BEGIN CERTIFICATE-----", "a/b/c", "__proto__"),
    fc.constantFrom<unknown>(null, -1, 0, 1e308, [], {}, [[]], { type: "token" }, { constructor: 1 }),
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 4 }),
);

/** Good settings with one place, or one more, replaced or added. */
const spoilt = fc.constantFrom<Record<string, unknown>>(...good, everything).chain((document) =>
    fc
        .tuple(
            fc.constantFrom(...places(document)),
            fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
            anything,
        )
        .map(([at, more, value]) => {
            const parent = at.slice(0, -1);
            return replaced(document, more === undefined ? at : [...parent, more], value) as Record<string, unknown>;
        }),
);

/** Settings are accepted, or refused with an error whose every line names a path; nothing else happens. */
function parseOrExplain(values: Record<string, unknown>): "accepted" | "refused" {
    try {
        parseSettings(values);
        return "accepted";
    } catch (error) {
        expect(error).to.be.instanceOf(InputError);
        const { message } = error as InputError;
        expect(message).to.match(/^The stack's configuration has \d+ invalid propert(y|ies); nothing was changed\./);
        expect(message.split("\n")[1]).to.match(/^ {2}hubspoke:./);
        return "refused";
    }
}

describe("settings of any kind", () => {
    it("are accepted or refused by path, for 2,000 that are almost right", function () {
        this.timeout(120_000);
        const counts = { accepted: 0, refused: 0 };
        fc.assert(
            fc.property(spoilt, (values) => {
                counts[parseOrExplain(values)] += 1;
            }),
            { numRuns: 2000 },
        );
        // The generator is no good when it hardly spoils anything, or everything.
        expect(counts.refused).to.be.greaterThan(1000);
        expect(counts.accepted).to.be.greaterThan(10);
    });

    it("are refused by path, for 1,000 that are not", function () {
        this.timeout(120_000);
        const roles = fc.constantFrom<unknown>("hub", "environment", "spoke", undefined, 7);
        const values = fc.tuple(roles, fc.dictionary(fc.string(), anything));
        fc.assert(
            fc.property(values, ([role, others]) => {
                expect(parseOrExplain({ ...others, role })).to.equal("refused");
            }),
            { numRuns: 1000 },
        );
    });
});
