import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import Ajv from "ajv";
import { generateSettings } from "../../scripts/generate/settings";
import { type InputSchema, settingsInput } from "../../scripts/generate/settingsInput";
import { isLeaf, type Row, rowsIn, variantsOf } from "../../scripts/generate/settingsRows";
import { exampleOf } from "../../scripts/generate/settingsWords";

const root = path.resolve(__dirname, "../..");
const files = generateSettings();

/** Every setting, those of all variants with them. */
function everyRow(at: string, schema: InputSchema): Row[] {
    return rowsIn(at, schema).flatMap((row) => [
        row,
        ...variantsOf(row).flatMap(({ value, schema: variant }) => everyRow(`${row.path}(${String(value)})`, variant)),
    ]);
}

const rows = Object.entries(settingsInput()).flatMap(([role, schema]) => everyRow(role, schema));

/** Every part of a JSON schema that has examples. */
function withExamples(schema: unknown): { examples: unknown[] }[] {
    if (typeof schema !== "object" || schema === null) {
        return [];
    }
    const inside = Object.values(schema).flatMap(withExamples);
    return "examples" in schema ? [schema as { examples: unknown[] }, ...inside] : inside;
}

describe("the reference of the settings", () => {
    for (const [file, text] of Object.entries(files)) {
        it(`${file} matches settings/: npm run settings`, () => {
            expect(readFileSync(path.join(root, file), "utf8"), "stale: run npm run settings").to.equal(text);
        });
    }

    it("knows every setting, also those of variants, lists and maps", () => {
        expect(rows.map((row) => row.path)).to.include.members([
            "hub.certificates(acme).solver.http01.class",
            "hub.rollout.steps[].maxUpdate",
            "hub.applications.<name>.selector.matchLabels",
            "hub.applications.<name>.selector.matchExpressions[].operator",
            "environment.clusters.<name>.credentials(token).retired",
            "environment.secrets.store(vault).caProvider.key",
        ]);
    });

    it("has one table for each variant: an optional key with one possible value selects none", () => {
        const [externalDns] = rows.filter(({ path: setting }) => setting === "hub.traffic.externalDns");
        const selecting = externalDns && variantsOf(externalDns).map(({ key, value }) => [key, value]);
        expect(selecting).to.deep.equal([["mode", "install"], ["mode", "existing"]]);
        const paths = rows.map(({ path: setting }) => setting);
        expect(paths.filter((setting, index) => paths.indexOf(setting) !== index)).to.deep.equal([]);
    });

    it("says what every setting means", () => {
        expect(rows.filter(({ schema }) => !schema.description).map((row) => row.path)).to.deep.equal([]);
    });

    it("has an example of every setting that is a single value", () => {
        const without = rows.filter((row) => isLeaf(row) && exampleOf(row.schema) === undefined);
        expect(without.map((row) => row.path)).to.deep.equal([]);
    });

    it("has examples that the schema accepts", () => {
        const schema = JSON.parse(files["settings.schema.json"] ?? "") as { definitions: object };
        const refused = withExamples(schema).filter((part) => {
            const accepts = new Ajv().compile({ ...part, definitions: schema.definitions });
            return part.examples.some((example) => accepts(example) !== true);
        });
        expect(refused).to.deep.equal([]);
    });

    it("has a row for each setting in the page", () => {
        const page = files["docs/settings.md"];
        for (const { path: setting } of rows) {
            const [, name] = /^[^.]+\.(.+)$/.exec(setting.replaceAll(/\([^)]*\)/g, "")) ?? [];
            expect(page).to.include(`| \`${name}\` |`);
        }
    });
});
