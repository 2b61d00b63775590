import { expect } from "chai";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import type { EnvironmentSettings } from "../../settings/environment";
import { environmentFileVariable, stackSettings } from "../../settings/stack";
import { configOf } from "../../settings/stackConfig";
import { type FakePulumi, fakePulumi } from "./support/fakePulumi";
import { failure } from "./support/failure";

const cluster = (region: string) => ({ context: region, labels: { region } });
const prod = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters: { a: cluster("eu"), b: cluster("us") } };
const hub = { role: "hub", cluster: { context: "hub" }, domain: "example.com", agent: { repository: "https://git.example.com/a" } };

describe("the settings of a stack", () => {
    let pulumi: FakePulumi;
    let folder: string;
    beforeEach(() => {
        pulumi = fakePulumi({ prod, hub });
        folder = path.dirname(pulumi.file("prod"));
    });
    afterEach(() => {
        delete process.env[environmentFileVariable];
        pulumi.restore();
    });
    const write = (file: string, shard: object) =>
        writeFileSync(path.join(folder, file), JSON.stringify({ config: { "hubspoke:shard": shard } }));
    const clustersOf = async (stack: string, values: Readonly<Record<string, unknown>>) => {
        const { settings, owner, shard, shards } = await stackSettings(stack, values, folder);
        const clusters = Object.keys((settings as EnvironmentSettings).clusters);
        return { clusters, owner, shard, shards: Object.keys(shards) };
    };

    it("are its own where it is no shard, and Pulumi is not asked again", async () => {
        const found = await clustersOf("prod", prod);
        expect(found).to.deep.equal({ clusters: ["a", "b"], owner: "prod", shard: undefined, shards: [] });
        expect(pulumi.calls()).to.deep.equal([]);
    });

    it("are its environment's where it is a shard, with its own clusters alone", async () => {
        const shard = { of: "prod", clusters: ["b"] };
        write("Pulumi.prod-2.yaml", { of: "prod", clusters: ["a"] });
        write("Pulumi.prod-10.yaml", shard);
        const found = await clustersOf("prod-10", { shard });
        expect(found).to.deep.equal({ clusters: ["b"], owner: "prod", shard, shards: ["prod-2", "prod-10"] });
        const options = `--json --show-secrets --stack prod --non-interactive --cwd ${folder}`;
        expect(pulumi.calls()).to.deep.equal([`config ${options}`]);
        process.env[environmentFileVariable] = "/trial.yaml";
        await clustersOf("prod-10", { shard });
        expect(pulumi.calls().at(-1)).to.equal(`config ${options} --config-file /trial.yaml`);
    });

    it("know no shard by a file that only looks like a stack file", async () => {
        const other = { of: "prod", clusters: ["a"] };
        ["Pulumi.prod-1.yaml.old", "old.Pulumi.prod-1.yaml", "Pulumi.prod-x.yaml", "Pulumi.dr-prod-1.yaml"].forEach((file) => write(file, other));
        write("Pulumi.prod-3.yaml", { of: "dr", clusters: ["a"] });
        expect((await clustersOf("prod", prod)).shards).to.deep.equal([]);
    });

    it("refuse a shard of the hub, and a shard that has a cluster twice", async () => {
        expect(await failure(stackSettings("hub-1", { shard: { of: "hub", clusters: [] } }, folder))).to.equal(
            "hubspoke:shard.of: hub is the stack of the hub. Name the stack of an environment",
        );
        write("Pulumi.prod-1.yaml", { of: "prod", clusters: ["a", "a"] });
        expect(await failure(stackSettings("prod", prod, folder))).to.equal(
            "Pulumi.prod-1.yaml: hubspoke:shard.clusters: a is in the list already. Remove it from one of the two",
        );
    });

    it("have no setting of another program, and no prefix", async () => {
        writeFileSync(
            path.join(folder, "prod.config.json"),
            JSON.stringify({ "aws:region": { value: "eu" }, "hubspoke:role": { value: "hub" }, "hubspoke:labels": { value: "{}", objectValue: {} } }),
        );
        expect(await configOf("prod", { folder })).to.deep.equal({ role: "hub", labels: {} });
    });

    it("say why Pulumi did not read them, in the one line that has the reason", async () => {
        pulumi.fail("config", "warning: error: old\nerror: no stack named 'prod' found\nerror: and more\nhunter2");
        expect(await failure(configOf("prod", { folder }))).to.equal(
            "pulumi config --stack prod failed: error: no stack named 'prod' found",
        );
        pulumi.fail("config", "hunter2");
        expect(await failure(configOf("prod", { folder }))).to.equal(
            "pulumi config --stack prod failed: see it by running that command",
        );
        process.env.PATH = folder;
        expect(await failure(configOf("prod", { folder }))).to.equal("pulumi config --stack prod failed: pulumi is not on PATH");
    });
});
