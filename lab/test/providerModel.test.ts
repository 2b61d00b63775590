import { expect } from "chai";
import { Secret, secret, unknown, type PropertyMap, type Value } from "../providers/plugin/values";
import { timeLimit } from "../providers/kubernetes/model/annotations";
import { fromState, toState } from "../providers/kubernetes/model/checkpoint";
import { apiVersionOf, kindOfUrn, unsupportedType } from "../providers/kubernetes/model/kinds";
import { withGeneratedName, withNameOfLastRun } from "../providers/kubernetes/model/naming";
import { normalize } from "../providers/kubernetes/model/normalize";
import { idOf, parseId } from "../providers/kubernetes/model/object";
import { canonicalQuantity } from "../providers/kubernetes/model/quantity";
import { markSecrets } from "../providers/kubernetes/model/secrets";

const urn = (type: string, name = "res") => `urn:pulumi:s::p::${type}::${name}`;
const request = {
    urn: urn("kubernetes:core/v1:ConfigMap", "cfg"),
    olds: {},
    news: {},
    randomSeed: new Uint8Array([1, 2]),
};

describe("lab provider: names", () => {
    it("are made from the logical name, the same for the same seed, and marked", () => {
        const first = withGeneratedName({ metadata: {} }, request);
        expect(first).to.deep.equal(withGeneratedName({}, request));
        expect(first)
            .to.have.nested.property("metadata.name")
            .that.matches(/^cfg-[0-9a-f]{8}$/);
        expect(first.metadata)
            .to.have.property("annotations")
            .that.deep.equals({ "pulumi.com/autonamed": "true" });
    });

    it("follow the stack's autonaming", () => {
        const autonaming = { proposedName: "wanted", disabled: false };
        expect(withGeneratedName({}, { ...request, autonaming })).to.have.nested.property(
            "metadata.name",
            "wanted",
        );
        expect(() =>
            withGeneratedName({}, { ...request, autonaming: { ...autonaming, disabled: true } }),
        ).to.throw("autonaming is disabled");
    });

    it("are left alone when they are given, unknown or for the server to make", () => {
        const given: PropertyMap[] = [{ name: "a" }, { name: unknown }, { generateName: "a-" }];
        for (const metadata of given) {
            expect(withGeneratedName({ metadata }, request)).to.deep.equal({ metadata });
        }
    });

    it("stay those of the last run", () => {
        const last = { metadata: { name: "cfg-1", annotations: { "pulumi.com/autonamed": "true" } } };
        expect(withNameOfLastRun({}, last)).to.have.nested.property("metadata.name", "cfg-1");
        expect(withNameOfLastRun({}, { metadata: { name: "given" } })).to.deep.equal({});
    });
});

describe("lab provider: canonical form", () => {
    const cases: [name: string, given: PropertyMap, expected: PropertyMap][] = [
        [
            "stringData of a Secret",
            { apiVersion: "v1", kind: "Secret", stringData: { a: "hi" }, data: { b: "aGk=\n" } },
            { apiVersion: "v1", kind: "Secret", data: { b: "aGk=", a: "aGk=" } },
        ],
        [
            "zeros, empty lists and empty labels of a built-in kind",
            {
                apiVersion: "apps/v1",
                kind: "Deployment",
                metadata: { labels: {} },
                spec: {
                    paused: false,
                    template: { spec: { hostNetwork: true, volumes: [{ emptyDir: {} }], tolerations: [] } },
                },
            },
            {
                apiVersion: "apps/v1",
                kind: "Deployment",
                metadata: {},
                spec: { template: { spec: { hostNetwork: true, volumes: [{ emptyDir: {} }] } } },
            },
        ],
        [
            "an empty map at the top",
            { apiVersion: "v1", kind: "ConfigMap", data: {}, binaryData: null },
            { apiVersion: "v1", kind: "ConfigMap" },
        ],
        [
            "fields that a built-in kind does not have",
            {
                apiVersion: "v1",
                kind: "Service",
                spec: { selectr: { app: "a" }, ports: [{ port: 1, prot: "UDP" }], selector: { any: "key" } },
            },
            { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 1 }], selector: { any: "key" } } },
        ],
        [
            "quantities of a built-in kind",
            {
                apiVersion: "v1",
                kind: "ResourceQuota",
                metadata: { labels: { hard: "4000m" } },
                spec: { hard: { cpu: "4000m", memory: "1024Mi", pods: 1000 } },
            },
            {
                apiVersion: "v1",
                kind: "ResourceQuota",
                metadata: { labels: { hard: "4000m" } },
                spec: { hard: { cpu: "4", memory: "1Gi", pods: "1k" } },
            },
        ],
        [
            "nothing of a kind that nobody knows in a group that Kubernetes serves",
            { apiVersion: "apps/v9", kind: "Deployment", spec: { x: {} } },
            { apiVersion: "apps/v9", kind: "Deployment", spec: { x: {} } },
        ],
        [
            "nothing of a custom resource",
            { apiVersion: "a.b/v1", kind: "Thing", spec: { paused: false, x: [], y: {} } },
            { apiVersion: "a.b/v1", kind: "Thing", spec: { paused: false, x: [], y: {} } },
        ],
        [
            "what only the server writes",
            {
                apiVersion: "a.b/v1",
                kind: "Thing",
                metadata: { name: "n", uid: "u", managedFields: [], generation: 3 },
            },
            { apiVersion: "a.b/v1", kind: "Thing", metadata: { name: "n" } },
        ],
    ];
    for (const [name, given, expected] of cases) {
        it(name, () => expect(normalize(given)).to.deep.equal(expected));
    }

    it("waits for unknowns", () => {
        const given = { apiVersion: "v1", kind: "Secret", stringData: { a: unknown } };
        expect(normalize(given)).to.deep.equal(given);
    });
});

describe("lab provider: quantities", () => {
    const cases: [given: Value, expected: Value][] = [
        ["4000m", "4"],
        ["1500m", "1500m"],
        [0.5, "500m"],
        ["0.0000000001", "1n"],
        ["2000", "2k"],
        ["0.000Ki", "0"],
        ["-1.5", "-1500m"],
        ["1.5Gi", "1536Mi"],
        ["0.5Ki", "512"],
        ["1048576Ki", "1Gi"],
        ["12e4", "120e3"],
        ["1E", "1E"],
        ["many", "many"],
        ["", ""],
    ];
    for (const [given, expected] of cases) {
        it(`${JSON.stringify(given)} is kept as ${JSON.stringify(expected)}`, () => {
            expect(canonicalQuantity(given)).to.equal(expected);
        });
    }
});

describe("lab provider: secrets", () => {
    it("of inputs are secrets of outputs, leaf by leaf", () => {
        const outputs = { a: { b: "x", c: "y" }, list: ["z"] };
        const inputs = { a: { b: secret("x"), c: "y" }, list: [secret("z")] };
        expect(markSecrets(outputs, inputs)).to.deep.equal({
            a: { b: secret("x"), c: "y" },
            list: secret(["z"]),
        });
    });

    it("are the contents of every Secret", () => {
        const marked = markSecrets({ kind: "Secret", data: { token: "t" }, type: "Opaque" }, {});
        expect(marked).to.deep.equal({ kind: "Secret", data: secret({ token: "t" }), type: "Opaque" });
    });

    it("are in state what they were in the inputs, twice", () => {
        const inputs = { kind: "Thing", spec: { password: secret("p") } };
        const plain = { kind: "Thing", spec: { password: "p" } };
        const state = toState(plain, { ...plain, status: {} }, inputs, "manager", "v1");
        expect(state.spec).to.deep.equal({ password: new Secret("p") });
        expect(state.__inputs).to.deep.equal(inputs);
        expect(fromState(state)).to.deep.equal({
            inputs: plain,
            live: { ...plain, status: {} },
            fieldManager: "manager",
            initialApiVersion: "v1",
        });
    });
});

describe("lab provider: kinds and ids", () => {
    it("are read from types", () => {
        expect(apiVersionOf(kindOfUrn(urn("kubernetes:core/v1:Secret")))).to.equal("v1");
        expect(apiVersionOf(kindOfUrn(urn("kubernetes:argoproj.io/v1alpha1:AppProject")))).to.equal(
            "argoproj.io/v1alpha1",
        );
        expect(() => kindOfUrn(urn("kubernetes:nonsense"))).to.throw('"kubernetes:nonsense" is not a type');
    });

    it("refuse what the stand-in does not do", () => {
        expect(unsupportedType(urn("kubernetes:core/v1:SecretList"), "SecretList")).to.contain(
            "list resources",
        );
        expect(unsupportedType(urn("kubernetes:core/v1:NamespacePatch"), "Namespace")).to.contain(
            "no Patch resources",
        );
        expect(unsupportedType(urn("kubernetes:core/v1:Secret"), "Secret")).to.equal(undefined);
        expect(unsupportedType(urn("kubernetes:a.b/v1:AllowList"), "AllowList")).to.equal(undefined);
    });

    it("name objects with and without a namespace", () => {
        expect(idOf({ metadata: { namespace: "a", name: "b" } })).to.equal("a/b");
        expect(parseId("a/b")).to.deep.equal({ namespace: "a", name: "b" });
        expect(parseId("b")).to.deep.equal({ namespace: "", name: "b" });
    });
});

describe("lab provider: time limits", () => {
    const annotated = { metadata: { annotations: { "pulumi.com/timeoutSeconds": "7" } } };

    it("come from the resource option, the annotation, or are ten minutes", () => {
        expect(timeLimit(3, annotated)).to.equal(3000);
        expect(timeLimit(0, annotated)).to.equal(7000);
        expect(timeLimit(0, {})).to.equal(600_000);
    });
});
