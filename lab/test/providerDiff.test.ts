import { expect } from "chai";
import type { PropertyChange } from "../providers/plugin/provider";
import { unknown, type PropertyMap } from "../providers/plugin/values";
import { compare } from "../providers/kubernetes/diff/changes";
import { immutablePaths } from "../providers/kubernetes/diff/forceNew";
import { formatPath, isInside, parsePath } from "../providers/kubernetes/model/path";
import { prune } from "../providers/kubernetes/model/prune";
import { isQuantityPath } from "../providers/kubernetes/model/quantity";
import { readSettings } from "../providers/kubernetes/settings";

const settings = readSettings(new Map(), {});

/** Changes as text: `update! spec.selector` for one that replaces. */
function changes(
    live: PropertyMap,
    newInputs: PropertyMap,
    oldInputs: PropertyMap = live,
    options = settings,
): string[] {
    const found = compare({ live, oldInputs, newInputs, immutable: immutablePaths(newInputs, options) });
    return [...found].map(
        ([path, { kind, replace }]: [string, PropertyChange]) => `${kind}${replace ? "!" : ""} ${path}`,
    );
}

function object(apiVersion: string, kind: string, rest: PropertyMap): PropertyMap {
    return { apiVersion, kind, ...rest };
}

describe("lab provider: differences", () => {
    const cases: [name: string, live: PropertyMap, next: PropertyMap, expected: string[]][] = [
        ["nothing", { a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } }, []],
        ["added", { a: {} }, { a: { b: 1 } }, ["add a.b"]],
        ["removed", { a: { b: 1 } }, { a: {} }, ["delete a.b"]],
        ["changed in a list", { a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 3 }] }, ["update a[1].b"]],
        ["longer list", { a: [1] }, { a: [1, 2] }, ["add a[1]"]],
        ["shorter list", { a: [1, 2] }, { a: [1] }, ["delete a[1]"]],
        ["another type", { a: "1" }, { a: 1 }, ["update a"]],
        ["null is absent", {}, { a: null }, []],
        ["unknown", { a: 1 }, { a: unknown, b: unknown }, ["update a", "add b"]],
        [
            "dots in keys",
            { metadata: { annotations: {} } },
            { metadata: { annotations: { "a.b/c": "d" } } },
            ['add metadata.annotations["a.b/c"]'],
        ],
        [
            "equal quantities",
            { limits: { cpu: "1", memory: "512Mi" } },
            { limits: { cpu: "1000m", memory: "0.5Gi" } },
            [],
        ],
        ["other quantities", { limits: { cpu: "1" } }, { limits: { cpu: "2" } }, ["update limits.cpu"]],
    ];
    for (const [name, live, next, expected] of cases) {
        it(`${name}: ${expected.join(", ") || "no change"}`, () => {
            expect(changes(live, next, {})).to.deep.equal(expected);
        });
    }

    it("do not count an unchanged zero that the server omits", () => {
        expect(changes({}, { suspend: false }, { suspend: false })).to.deep.equal([]);
        expect(changes({}, { suspend: false }, {})).to.deep.equal(["add suspend"]);
    });
});

describe("lab provider: replacement", () => {
    const named = (name: string) => ({ metadata: { name, namespace: "n" } });
    const cases: [name: string, live: PropertyMap, next: PropertyMap, expected: string[]][] = [
        [
            "name",
            object("v1", "Service", named("a")),
            object("v1", "Service", named("b")),
            ["update! metadata.name"],
        ],
        [
            "selector of a Deployment, and not its replicas",
            object("apps/v1", "Deployment", { spec: { replicas: 1, selector: { matchLabels: { a: "b" } } } }),
            object("apps/v1", "Deployment", { spec: { replicas: 2, selector: { matchLabels: { a: "c" } } } }),
            ["update spec.replicas", "update! spec.selector.matchLabels.a"],
        ],
        [
            "image of a Pod's container, inside an added element too",
            object("v1", "Pod", { spec: { containers: [{ image: "a" }] } }),
            object("v1", "Pod", { spec: { containers: [{ image: "b" }, { image: "c" }] } }),
            ["update! spec.containers[0].image", "add! spec.containers[1]"],
        ],
        [
            "role of a binding, and not its subjects",
            object("rbac.authorization.k8s.io/v1", "RoleBinding", {
                roleRef: { name: "a" },
                subjects: ["x"],
            }),
            object("rbac.authorization.k8s.io/v1", "RoleBinding", {
                roleRef: { name: "b" },
                subjects: ["y"],
            }),
            ["update! roleRef.name", "update subjects[0]"],
        ],
        [
            "data of a ConfigMap, and not its labels",
            object("v1", "ConfigMap", { data: { a: "1" }, metadata: { labels: { a: "1" } } }),
            object("v1", "ConfigMap", { data: { a: "2" }, metadata: { labels: { a: "2" } } }),
            ["update! data.a", "update metadata.labels.a"],
        ],
        [
            "nothing of a custom resource",
            object("a.b/v1", "Deployment", { spec: { selector: { a: 1 } } }),
            object("a.b/v1", "Deployment", { spec: { selector: { a: 2 } } }),
            ["update spec.selector.a"],
        ],
    ];
    for (const [name, live, next, expected] of cases) {
        it(name, () => expect(changes(live, next)).to.deep.equal(expected));
    }

    it("does not replace for contents of Secrets and ConfigMaps if the provider says so, unless they are immutable", () => {
        const mutable = { ...settings, enableSecretMutable: true };
        const secret = (value: string, rest = {}) => object("v1", "Secret", { data: { a: value }, ...rest });
        expect(changes(secret("1"), secret("2"))).to.deep.equal(["update! data.a"]);
        expect(changes(secret("1"), secret("2"), secret("1"), mutable)).to.deep.equal(["update data.a"]);
        const sealed = { immutable: true };
        const next = secret("2", sealed);
        expect(changes(secret("1", sealed), next, secret("1", sealed), mutable)).to.deep.equal([
            "update! data.a",
        ]);
    });
});

describe("lab provider: live objects compared with inputs", () => {
    it("keep what the inputs name and nothing else", () => {
        const live: PropertyMap = { a: 1, b: { c: 2, d: 3 }, list: [{ x: 1, y: 2 }, { x: 3 }] };
        const inputs = { b: { c: 0 }, list: [{ x: 0 }], missing: 1 };
        expect(prune(live, inputs)).to.deep.equal({ b: { c: 2 }, list: [{ x: 1 }] });
    });

    it("keep a value whose type changed", () => {
        expect(prune({ a: { b: 1 } }, { a: "text" })).to.deep.equal({ a: { b: 1 } });
    });
});

describe("lab provider: property paths", () => {
    for (const text of ["a.b", "a[0].b", 'metadata.annotations["pulumi.com/skipAwait"]', 'a["b\\"c"].d']) {
        it(`${text} is read and written`, () => expect(formatPath(parsePath(text))).to.equal(text));
    }

    it("match with stars", () => {
        expect(
            isInside(parsePath("spec.containers[1].image"), parsePath("spec.containers[*].image")),
        ).to.equal(true);
        expect(isInside(parsePath("spec.containers"), parsePath("spec.containers[*].image"))).to.equal(false);
    });
});

describe("lab provider: quantities", () => {
    it("are found by the map that holds them", () => {
        expect(isQuantityPath(["resources", "limits", "cpu"])).to.equal(true);
        expect(isQuantityPath(["data", "cpu"])).to.equal(false);
    });
});
