import { expect } from "chai";
import { createRequire } from "node:module";
import * as path from "node:path";
import { compileFunction } from "node:vm";
import type * as kinds from "../../dynamic";
import { statesBefore } from "./support/statesBefore";

const root = path.resolve(__dirname, "../..");

describe("a dynamic resource in the state of the last version", () => {
    const resources = Object.values(statesBefore).flat();
    const dynamic = resources.flatMap(({ urn, provider }) => (provider === undefined ? [] : [{ urn, provider }]));

    /** Does what `@pulumi/pulumi/cmd/dynamic-provider` does with the code in a state. */
    function load(provider: string): Readonly<Record<string, unknown>> {
        const exported: { handler?: () => Readonly<Record<string, unknown>> } = {};
        const run = compileFunction(provider, ["exports", "require"]) as (...given: unknown[]) => void;
        run(exported, createRequire(path.join(root, "index.ts")));
        return exported.handler?.() ?? {};
    }

    it("is a guard of the hub, and an access check and a drain of each spoke", () => {
        const names = dynamic.map(({ urn }) => urn.split("::").at(-1));
        const spokes = ["staging", "prod", "dr"].flatMap((name) => [`${name}-access`, `${name}-drain`]);
        expect(names).to.deep.equal(["hub-guard", ...spokes]);
    });

    for (const { urn, provider } of dynamic) {
        it(`finds its code in this checkout, also in a destroy that runs no program: ${urn.split("::").at(-1)}`, () => {
            const deletes: readonly (keyof typeof kinds)[] = ["drain", "guard"];
            const kind = deletes.find((name) => urn.includes(`hubspoke:${name}::`));
            const code = load(provider);
            expect(code).to.have.property("create");
            expect(typeof code.delete).to.equal(kind === undefined ? "undefined" : "function");
        });
    }
});
