import { expect } from "chai";
import {
    hasInheritedFields,
    inheritFields,
    isOwnedByOthers,
} from "../providers/kubernetes/operations/managedFields";
import { mergePatch } from "../providers/kubernetes/operations/mergePatch";

const entry = (manager: string, operation: string, fieldsV1: object, rest = {}) => ({
    manager,
    operation,
    fieldsV1: { ...fieldsV1 },
    ...rest,
});

const live = {
    apiVersion: "v1",
    metadata: {
        resourceVersion: "7",
        managedFields: [
            entry("pulumi-kubernetes", "Update", { "f:data": { "f:a": {} } }),
            entry("mine", "Apply", { "f:data": { "f:b": {} } }),
            entry("kubectl-edit", "Update", { "f:metadata": { "f:labels": { "f:l": {} } } }),
            entry("kubectl", "Update", { "f:status": {} }, { subresource: "status" }),
        ],
    },
};

describe("lab provider: managed fields", () => {
    it("of the creation go to the program's manager, and others keep theirs", () => {
        const patch = inheritFields(live, "mine") as {
            path: string;
            value: { manager: string; fieldsV1: object }[];
        }[];
        expect(patch.map(({ path }) => path)).to.deep.equal([
            "/metadata/managedFields",
            "/metadata/resourceVersion",
        ]);
        const entries = patch[0]!.value;
        expect(entries.map(({ manager }) => manager)).to.deep.equal(["kubectl-edit", "kubectl", "mine"]);
        expect(entries[2]!.fieldsV1).to.deep.equal({ "f:data": { "f:a": {}, "f:b": {} } });
    });

    it("need no patch if nothing is inherited", () => {
        const owned = { metadata: { managedFields: [entry("mine", "Apply", {})] } };
        expect(inheritFields(owned, "mine")).to.equal(undefined);
        expect(hasInheritedFields(owned)).to.equal(false);
        expect(hasInheritedFields(live)).to.equal(true);
    });

    it("tell the owner of a field", () => {
        expect(isOwnedByOthers(live, ["metadata", "labels", "l"], "mine")).to.equal(true);
        expect(isOwnedByOthers(live, ["data", "b"], "mine")).to.equal(false);
        expect(isOwnedByOthers(live, ["data", "z"], "mine")).to.equal(false);
    });
});

describe("lab provider: merge patches", () => {
    it("contain what is new, changed or deleted, and nothing else", () => {
        const from = { same: { a: 1 }, changed: { a: 1, b: 2 }, gone: 1, list: [1, 2] };
        const to = { same: { a: 1 }, changed: { a: 1, b: 3 }, list: [1], added: {} };
        expect(mergePatch(from, to)).to.deep.equal({ gone: null, changed: { b: 3 }, list: [1], added: {} });
    });
});
