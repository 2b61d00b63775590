import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { newCluster } from "../../scripts/clusterAdd/options";
import { addCluster, clusterIn, stackOf, withCluster } from "../../scripts/clusterAdd/stackFile";
import { parseSettings } from "../../settings";

const given = ["--environment", "prod", "--name", "prod-eu", "--context", "eu", "--label", "region=eu", "--label", "tier=a"];

interface StackFile {
    readonly config: Record<string, Record<string, unknown>>;
}

function added(text: string, args = given): string {
    return withCluster(text, "Pulumi.prod.yaml", newCluster(args)).text;
}

function clustersIn(text: string): Record<string, unknown> {
    return (parse(text) as StackFile).config["hubspoke:clusters"] ?? {};
}

/** Stack files as this project delivers them; users change theirs. */
const delivered = ["staging", "prod"].map((stack): [string, string] => {
    return [stack, readFileSync(path.join(__dirname, `fixtures/Pulumi.${stack}.yaml`), "utf8")];
});

describe("npm run cluster:add", () => {
    for (const [stack, text] of delivered) {
        it(`adds lines to the file of ${stack}, and leaves every other as it is`, () => {
            const lines = added(text).split("\n");
            const at = lines.indexOf("    prod-eu:");
            expect(at).to.be.greaterThan(0);
            const pin = stack === "staging" ? [] : ["      revision: v1.0.0"];
            const own = ["    prod-eu:", "      context: eu", ...pin, "      labels:", '        deploy: "true"'];
            const entry = [...own, "        region: eu", "        tier: a"];
            expect(lines.slice(at, at + entry.length)).to.deep.equal(entry);
            expect([...lines.slice(0, at), ...lines.slice(at + entry.length)].join("\n")).to.equal(text);
        });

        it(`writes settings that the program accepts (${stack})`, () => {
            const { config } = parse(added(text)) as StackFile;
            const own = Object.entries(config).filter(([key]) => key.startsWith("hubspoke:"));
            const values = Object.fromEntries(own.map(([key, value]) => [key.slice("hubspoke:".length), value]));
            expect(parseSettings(values)).to.have.nested.property("clusters.prod-eu.labels.region", "eu");
        });
    }

    it("gives the new cluster the revisions that all clusters with an application have", () => {
        const text = [
            "config:\n  hubspoke:clusters:\n    a: {context: a, revision: v1, revisions: {x: {revision: 1.0.0, values: abc}, y: {revision: 2.0.0}}}",
            "    b: {context: b, revision: v1, revisions: {x: {revision: 1.0.0, values: abc, rollbackFrom: 1.1.0}, y: {revision: 3.0.0}}}",
            "    c: {context: c, revision: v1}\n",
        ].join("\n");
        expect(clustersIn(added(text))["prod-eu"]).to.deep.include({ revision: "v1", revisions: { x: { revision: "1.0.0", values: "abc" } } });
    });

    it("keeps comments, order and clusters in one line", () => {
        const text =
            "# top\nencryptionsalt: v1:abc # salt\nconfig:\n  hubspoke:clusters:\n" +
            "    # the first\n    prod: {context: prod, labels: {region: us}} # here\n  # the end\n  hubspoke:role: environment\n";
        const after = added(text);
        expect(after.split("\n").filter((line) => text.split("\n").includes(line)).join("\n")).to.equal(text);
        expect(clustersIn(after)).to.have.keys("prod", "prod-eu");
    });

    it("keeps what another command has written into the file during the checks, and refuses other pins", () => {
        const folder = mkdtempSync(path.join(os.tmpdir(), "add-"));
        const file = path.join(folder, "Pulumi.prod.yaml");
        const prod = (pin: string, more = "") =>
            `config:\n  hubspoke:clusters:\n    prod: {context: prod, revision: ${pin}${more}, labels: {region: us}}\n`;
        const cluster = newCluster(given);
        try {
            writeFileSync(file, prod("v1"));
            const { entry } = clusterIn(file, cluster);
            writeFileSync(file, prod("v1", ", credentials: {generation: 2}"));
            addCluster(file, cluster, entry);
            expect(clustersIn(readFileSync(file, "utf8"))).to.deep.include({
                prod: { context: "prod", revision: "v1", credentials: { generation: 2 }, labels: { region: "us" } },
                "prod-eu": { context: "eu", revision: "v1", labels: { deploy: "true", region: "eu", tier: "a" } },
            });
            writeFileSync(file, prod("v2"));
            const changed = /--name prod-eu: the pins in Pulumi\.prod\.yaml have changed/;
            expect(() => addCluster(file, cluster, entry)).to.throw(changed);
            expect(readFileSync(file, "utf8")).to.equal(prod("v2"));
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("pins the new cluster like its neighbours, if they agree, or to the given revision", () => {
        const pins = (prod: string, us: string) =>
            `config:\n  hubspoke:clusters:\n    prod: {context: a, revision: ${prod}}\n    us: {context: b, revision: ${us}}\n`;
        expect(clustersIn(added(pins("v1", "v1")))["prod-eu"]).to.have.property("revision", "v1");
        expect(clustersIn(added(pins("v1", "v2")))["prod-eu"]).not.to.have.property("revision");
        expect(clustersIn(added(pins("v1", "v1"), [...given, "--revision", "v2"]))["prod-eu"]).to.have.property("revision", "v2");
    });

    const bad: [string, string[], RegExp][] = [
        ["no name", ["--environment", "prod", "--context", "eu"], /--environment, --name and --context are required; usage/],
        ["an unknown option", [...given, "--contex", "eu"], /Unknown option '--contex'[^]*usage/],
        ["a label without a value", [...given, "--label", "zone"], /--label zone: must be KEY=VALUE\. Write for example/],
        ["a label that is given twice", [...given, "--label", "region=us"], /region is set twice\. Keep one/],
    ];
    for (const [name, args, error] of bad) {
        it(`refuses ${name}`, () => expect(() => newCluster(args)).to.throw(error));
    }

    it("refuses an existing name, and a file that it cannot edit", () => {
        const there = "config:\n  hubspoke:clusters:\n    prod-eu: {context: a}\n";
        expect(() => added(there)).to.throw("--name prod-eu: Pulumi.prod.yaml already has a cluster with this name");
        expect(() => added("config:\n  hubspoke:role: hub\n")).to.throw("it has no hubspoke:clusters. Correct it first");
        expect(() => added("config: [")).to.throw(/Pulumi\.prod\.yaml cannot be edited: .*Correct it first/s);
    });

    it("finds the stack of an environment by the files' contents, and not by their names", () => {
        const folder = mkdtempSync(path.join(os.tmpdir(), "hubspoke-stacks-"));
        const write = (stack: string, environment: string) =>
            writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), `config:\n  hubspoke:environment: ${environment}\n`);
        try {
            writeFileSync(path.join(folder, "Pulumi.hub.yaml"), "config:\n  hubspoke:role: hub\n");
            write("production", "prod");
            write("eu", "staging");
            expect(stackOf(folder, "prod")).to.equal("production");
            expect(() => stackOf(folder, "dr")).to.throw(/no stack file in .* has this environment; the environments are staging, prod/);
            write("us", "staging");
            expect(() => stackOf(folder, "staging")).to.throw("Pulumi.eu.yaml and Pulumi.us.yaml both have this environment");
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});
