import { expect } from "chai";
import * as fc from "fast-check";
import type { z } from "zod";
import { parseSettings } from "../../settings";
import { environmentSettings } from "../../settings/environment";
import { asExpected } from "../../settings/given";
import { hubSettings } from "../../settings/hub";
import { oddTexts, plainTexts } from "../support/oddTexts";
import { atTop, inside, plainInYaml, type Scalar, setByPath } from "../support/pulumiValues";
import { leaves } from "./support/leaves";

type Setting = (typeof leaves)[number];

const settings = { hub: hubSettings, environment: environmentSettings };

/** Ways to set a value in a stack file: what Pulumi hands over of it. */
const ways = {
    "pulumi config set": (text: string) => text,
    "pulumi config set --path": setByPath,
    "pulumi config set --secret": (text: string) => text,
    "by hand, in quotes": (text: string) => text,
    "by hand, without quotes": plainInYaml,
} as const;

type Way = keyof typeof ways;

/** Settings with one value, as the program gets them of Pulumi: a map or list is JSON, at the top. */
function handedOver({ path, variants }: Setting, value: Scalar | object): Record<string, unknown> {
    const isDeep = path.length > 1;
    const given = typeof value === "object" && value !== null ? value : isDeep ? inside(value) : atTop(value);
    const values: Record<string, unknown> = {};
    for (const [at, child] of [...variants.map(([at, word]) => [at, word] as const), [path, given] as const]) {
        put(values, at, child);
    }
    const asText = Object.entries(values).map(([key, top]) => [key, typeof top === "object" ? JSON.stringify(top) : top]);
    return Object.fromEntries(asText) as Record<string, unknown>;
}

function put(into: Record<string | number, unknown>, [key = "", ...rest]: readonly (string | number)[], value: unknown): void {
    if (rest.length === 0) {
        into[key] = value;
        return;
    }
    into[key] ??= typeof rest[0] === "number" ? [] : {};
    put(into[key] as Record<string | number, unknown>, rest, value);
}

function get(from: unknown, path: readonly (string | number)[]): unknown {
    return path.reduce((value, key) => (value as Record<string | number, unknown>)[key], from);
}

/** What the rule makes of a value, and what it says about it. */
function read(setting: Setting, value: Scalar | object): { readonly value: unknown; readonly said: readonly string[] } {
    const { value: all, problems } = asExpected(settings[setting.role], handedOver(setting, value));
    const at = setting.path.join(".");
    return {
        value: get(all, setting.path),
        said: problems.filter(({ path }) => path.join(".") === at).map(({ message }) => message),
    };
}

/** What the whole program says about a value. */
function refusals(setting: Setting, value: Scalar): string[] {
    try {
        parseSettings({ role: setting.role, ...handedOver(setting, value) });
        return [];
    } catch (error) {
        const at = `hubspoke:${setting.path.join(".")}: `;
        return (error as Error).message.split("\n").filter((line) => line.trim().startsWith(at));
    }
}

const of = (...kinds: Setting["kind"][]) => leaves.filter(({ kind }) => kinds.some((one) => one === kind));
const anySetting = (...kinds: Setting["kind"][]) => fc.constantFrom(...of(...kinds));
const anyWay = fc.constantFrom<Way>(...(Object.keys(ways) as Way[]));
const anyDouble = fc.double({ noNaN: true, noDefaultInfinity: true });
const anyText = (way: Way) =>
    way === "by hand, without quotes"
        ? fc.oneof(fc.constantFrom(...plainTexts), fc.integer().map(String), anyDouble.map(String))
        : fc.oneof(fc.constantFrom(...oddTexts), fc.string(), fc.string({ unit: "binary" }), fc.integer().map(String));
const textSet = anyWay.chain((way) => fc.record({ way: fc.constant(way), text: anyText(way) }));

describe("a value of a setting, in every way that Pulumi hands it over", () => {
    it("is of all settings: text, numbers, truth values, words, lists and maps", () => {
        const counts = ["text", "number", "boolean", "word", "list", "map", "union"].map((kind) => of(kind as Setting["kind"]).length);
        expect(Math.min(...counts)).to.be.greaterThan(3);
        const paths = leaves.map(({ path }) => path.join("."));
        expect(paths).to.include.members(["knownHosts", "labels.any-other", "clusters.prod-eu.labels.any-other", "secrets.store.cluster.token"]);
    });

    it("is the text that was written, or is refused: no text is changed in silence", function () {
        this.timeout(120_000);
        let [kept, refused] = [0, 0];
        fc.assert(
            fc.property(anySetting("text"), textSet, (setting, { way, text }) => {
                const { value, said } = read(setting, ways[way](text));
                if (said.length === 0 && setting.path.length > 1) {
                    expect(value).to.equal(text);
                    kept += 1;
                } else if (said.length > 0) {
                    expect(said.join()).to.match(/in quotes|has no value/);
                    expect(way).to.match(/--path|without quotes/);
                    refused += 1;
                }
            }),
            { numRuns: 1_500 },
        );
        expect(Math.min(kept, refused)).to.be.greaterThan(50);
    });

    it("is refused where it is the whole setting, and a number to YAML: it could be another number", () => {
        const whole = of("text").filter(({ path }) => path.length === 1);
        expect(whole.map(({ path }) => path[0])).to.include.members(["domain", "knownHosts", "environment"]);
        for (const setting of whole) {
            for (const text of plainTexts.filter((one) => atTop(plainInYaml(one)) !== one)) {
                const isEmpty = plainInYaml(text) === null;
                const said = refusals(setting, plainInYaml(text));
                const mayBeEmpty = isEmpty && setting.path[0] === "knownHosts";
                expect(said, `${setting.path[0]}: ${text}`).to.have.length(mayBeEmpty ? 0 : 1);
            }
        }
    });

    it("is the number that was meant, in each way", () => {
        fc.assert(
            fc.property(anySetting("number"), fc.integer({ min: 0 }), anyWay, (setting, number, way) => {
                const { value, said } = read(setting, ways[way](String(number)));
                expect([value, said]).to.deep.equal([number, []]);
            }),
        );
    });

    it("is no number where the text is none, or one of another notation", () => {
        for (const text of ["0x1F", "012", "1e3", "1_000", " 3", "3 ", "3.5", "three", "[3]", "NaN", "Infinity"]) {
            for (const setting of of("number")) {
                expect(refusals(setting, text), `${setting.path.join(".")}: ${text}`).to.have.length(1);
            }
        }
    });

    it("is true or false, in each way", () => {
        fc.assert(
            fc.property(anySetting("boolean"), fc.boolean(), anyWay, (setting, truth, way) => {
                const { value, said } = read(setting, ways[way](String(truth)));
                expect([value, said]).to.deep.equal([truth, []]);
            }),
        );
        for (const text of ["yes", "on", "1", "True ", "TRUE", "t"]) {
            const [setting] = of("boolean");
            expect(setting && refusals(setting, text), text).to.have.length(1);
        }
    });

    it("is a word, in each way, where it is one of a setting's words", () => {
        for (const setting of of("word")) {
            const { entries } = (setting.schema as z.core.$ZodEnum)._zod.def;
            for (const word of Object.keys(entries)) {
                for (const way of Object.keys(ways) as Way[]) {
                    expect(read(setting, ways[way](word))).to.deep.equal({ value: word, said: [] });
                }
            }
        }
    });

    it("is one of several kinds, in each way", () => {
        const cases: [path: string, text: string, value: unknown][] = [
            ["metrics.serviceMonitors", "true", true],
            ["metrics.serviceMonitors", "auto", "auto"],
            ["rollout.steps.0.maxUpdate", "3", 3],
            ["rollout.steps.0.maxUpdate", "25%", "25%"],
            ["clusters.prod-eu.probe.api", "false", false],
            ["clusters.prod-eu.probe.api", "https://a.example.com/livez", "https://a.example.com/livez"],
            ["clusters.prod-eu.probe.agent", "false", false],
        ];
        for (const [path, text, value] of cases) {
            const setting = leaves.find((leaf) => leaf.path.join(".") === path)!;
            for (const way of Object.keys(ways) as Way[]) {
                expect(read(setting, ways[way](text)), `${path} ${way}`).to.deep.equal({ value, said: [] });
            }
        }
    });

    it("is a list or a map in JSON too, at each place", () => {
        for (const setting of of("list", "map")) {
            const native = setting.kind === "list" ? [] : {};
            expect(read(setting, JSON.stringify(native)), setting.path.join(".")).to.deep.equal({ value: native, said: [] });
        }
    });

    it("that is neither is refused at its path, whatever it is, and never repeated", () => {
        const secret = fc.string({ minLength: 12 }).map((text) => `S3CRET${text}`);
        const broken = fc.tuple(fc.constantFrom("", "[", "{", '{"a": ', "- "), secret).map((parts) => parts.join(""));
        fc.assert(
            fc.property(anySetting("list", "map", "number", "boolean", "word"), broken, (setting, text) => {
                const said = refusals(setting, text);
                expect(said, setting.path.join(".")).to.have.length(1);
                expect(said.join()).not.to.include("S3CRET").and.not.to.match(/Unexpected token|Invalid input|expected|received/);
            }),
        );
    });

    it("is no secret that an error repeats, whatever is wrong with it", () => {
        for (const setting of leaves.filter(({ isSecret }) => isSecret)) {
            for (const text of ["[S3CRET", "S3CRET\u0000", "https://S3CRET", "-----BEGIN S3CRET"]) {
                expect(refusals(setting, text).join()).not.to.include("S3CRET");
            }
            expect(refusals(setting, 528123).join()).not.to.include("528123");
        }
    });

    it("has to be there: a key without a value is refused", () => {
        for (const setting of leaves.filter(({ path, kind }) => path.length > 1 || kind !== "text")) {
            const { said } = read(setting, null);
            const isWord = setting.kind === "word" && setting.path.length === 1;
            expect(isWord ? refusals(setting, null) : said, setting.path.join(".")).to.have.length(1);
        }
    });
});

describe("a stack file with values of public bug reports", () => {
    const agent = '{"repository":"https://git.example.com/a.git"}';
    const hub = { role: "hub", cluster: '{"context":"hub"}', domain: "example.com", agent };
    const known = "[ssh.github.com]:443 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE";

    it("may begin with a bracket: known_hosts of a server on another port (argo-cd#13591)", () => {
        expect(parseSettings({ ...hub, knownHosts: known })).to.have.property("knownHosts", known);
        expect(parseSettings({ ...hub, knownHosts: `[::1]:22 ssh-rsa AAAA\n${known}` })).to.have.property("knownHosts");
    });

    const bad: [name: string, values: Record<string, unknown>, error: RegExp][] = [
        [
            "labels that YAML has changed (pulumi#11518)",
            { labels: '{"aws_account_id":52812345678,"kubernetes_version":1.3,"spot":true}' },
            /\.aws_account_id: is a number.*in quotes[^]*\.kubernetes_version: is a number[^]*\.spot: is true or false/,
        ],
        [
            "a revision that is a date to YAML",
            { agent: '{"repository":"https://a/b","revision":"2024-01-02 00:00:00 +0000 UTC"}' },
            /agent\.revision: is a date/,
        ],
        ["a map that is broken JSON", { labels: '{"region": eu}' }, /hubspoke:labels: is text, and neither a map nor a list in JSON/],
        ["JSON with a key twice", { labels: '{"region":"eu","region":"us"}' }, /hubspoke:labels: names a key twice/],
        ["a map without a value", { labels: "" }, /hubspoke:labels: has no value/],
        ["a misspelt key", { domian: "example.com" }, /hubspoke:domian: is not a setting\. Write domain/],
        ["a key in another case", { knownhosts: "x" }, /hubspoke:knownhosts: is not a setting\. Write knownHosts/],
        ["a path set without --path", { "agent.revision": "v1" }, /hubspoke:agent\.revision: is not a setting\. Set it by `pulumi config set --path`/],
    ];
    for (const [name, values, error] of bad) {
        it(`is refused with ${name}`, () => {
            expect(() => parseSettings({ ...hub, ...values })).to.throw(error);
        });
    }
});
