import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { secret, unknown, type PropertyMap } from "../providers/plugin/values";
import { loadKubeConfig } from "../providers/kubernetes/cluster/kubeconfig";
import { checkConfig, diffConfig } from "../providers/kubernetes/config";
import { readSettings } from "../providers/kubernetes/settings";

function kubeconfig(ca = "Y2E="): string {
    const cluster = (name: string) => ({
        name,
        cluster: { server: `https://${name}.example:6443`, "certificate-authority-data": ca },
    });
    const context = (name: string) => ({
        name,
        context: { cluster: name, user: "u", namespace: `of-${name}` },
    });
    return JSON.stringify({
        clusters: [cluster("one"), cluster("two")],
        contexts: [context("one"), context("two")],
        users: [{ name: "u", user: { token: "t" } }],
        "current-context": "one",
    });
}

const settingsOf = (inputs: Record<string, string>) => readSettings(new Map(Object.entries(inputs)), {});
const config = kubeconfig();

describe("lab provider: settings", () => {
    it("have the official provider's defaults", () => {
        expect(settingsOf({})).to.include({
            enableServerSideApply: true,
            enableSecretMutable: false,
            deleteUnreachable: false,
        });
    });

    it("come from the inputs, then from the environment", () => {
        const environment = { PULUMI_K8S_DELETE_UNREACHABLE: "true" };
        expect(readSettings(new Map(), environment).deleteUnreachable).to.equal(true);
        expect(
            readSettings(new Map([["deleteUnreachable", "false"]]), environment).deleteUnreachable,
        ).to.equal(false);
    });

    it("refuse what the stand-in does not support, already in checkConfig", () => {
        expect(() => settingsOf({ renderYamlToDirectory: "out" })).to.throw(
            '"renderYamlToDirectory" is not part',
        );
        const news = { renderYamlToDirectory: "out", upsertExistingObjects: false };
        const { failures } = checkConfig({ urn: "", olds: {}, news, randomSeed: new Uint8Array() });
        expect(failures.map(({ property }) => property)).to.deep.equal(["renderYamlToDirectory"]);
    });
});

describe("lab provider: kubeconfig", () => {
    it("is read from contents or from a path, with only one context", async () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "provider-config-"));
        try {
            const file = path.join(folder, "config");
            fs.writeFileSync(file, config);
            for (const given of [config, file]) {
                const { address, namespace } = await loadKubeConfig(
                    settingsOf({ kubeconfig: given, context: "two" }),
                );
                expect(address.server).to.equal("https://two.example:6443");
                expect(namespace).to.equal("of-two");
            }
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });

    const bad: [name: string, inputs: Record<string, string>, message: RegExp][] = [
        [
            "an unknown context",
            { kubeconfig: config, context: "three" },
            /context "three" does not exist; known contexts: one, two/,
        ],
        [
            "an unknown cluster",
            { kubeconfig: config, cluster: "three" },
            /names the cluster "three", which does not exist/,
        ],
        [
            "a file that is not there",
            { kubeconfig: "nowhere.yaml" },
            /"nowhere.yaml" is neither a file nor the contents/,
        ],
        [
            "no context at all",
            { kubeconfig: '{"clusters": []}' },
            /no context is selected; known contexts: none/,
        ],
    ];
    for (const [name, inputs, message] of bad) {
        it(`refuses ${name}`, async () => {
            const refused = loadKubeConfig(settingsOf(inputs)).then(() => "nothing", ({ message }: Error) => message);
            expect(await refused).to.match(message);
        });
    }
});

describe("lab provider: changed provider inputs", () => {
    const cases: [name: string, olds: PropertyMap, news: PropertyMap, expected: string[]][] = [
        ["nothing", { kubeconfig: config }, { kubeconfig: secret(config) }, []],
        [
            "another context is another cluster",
            { kubeconfig: config, context: "one" },
            { kubeconfig: config, context: "two" },
            ["context!"],
        ],
        [
            "another CA is another cluster",
            { kubeconfig: config },
            { kubeconfig: kubeconfig("Y2Ey") },
            ["kubeconfig!"],
        ],
        [
            "the same cluster in other words",
            { kubeconfig: config },
            { kubeconfig: `${config}\n` },
            ["kubeconfig"],
        ],
        ["a namespace", { kubeconfig: config }, { kubeconfig: config, namespace: "n" }, ["namespace"]],
        [
            "a kubeconfig that is not known yet",
            { kubeconfig: config },
            { kubeconfig: unknown },
            ["kubeconfig!"],
        ],
        [
            "another CA of an identified cluster",
            { kubeconfig: config, clusterIdentifier: "a" },
            { kubeconfig: kubeconfig("Y2Ey"), clusterIdentifier: "a" },
            ["kubeconfig"],
        ],
        [
            "another identifier",
            { kubeconfig: config, clusterIdentifier: "a" },
            { kubeconfig: config, clusterIdentifier: "b" },
            ["clusterIdentifier!"],
        ],
        ["no kubeconfig to compare", { context: "one" }, { context: "two" }, ["context"]],
    ];
    for (const [name, olds, news, expected] of cases) {
        it(`${name}: ${expected.join(", ") || "no change"}`, () => {
            const { changes } = diffConfig({ urn: "", id: "", olds, news, ignoreChanges: [] });
            expect([...changes].map(([key, { replace }]) => `${key}${replace ? "!" : ""}`)).to.deep.equal(
                expected,
            );
        });
    }
});
