import { readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { chartFolder } from "../support/agentChart";

interface Schema {
    readonly type?: string;
    readonly description?: string;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly patternProperties?: Readonly<Record<string, Schema>>;
    readonly additionalProperties?: boolean;
    readonly required?: readonly string[];
    readonly items?: Schema;
}

type Values = Readonly<Record<string, unknown>>;

const schema = JSON.parse(readFileSync(path.join(chartFolder, "values.schema.json"), "utf8")) as Schema;

function values(name: string): Values {
    return parse(readFileSync(path.join(chartFolder, name), "utf8")) as Values;
}

/** Every schema of an object, each with its path. */
function objectSchemas(at: string, node: Schema): [string, Schema][] {
    const children = Object.entries({ ...node.properties, ...node.patternProperties });
    const own: [string, Schema][] = node.type === "object" ? [[at, node]] : [];
    return [
        ...own,
        ...children.flatMap(([key, child]) => objectSchemas(`${at}.${key}`, child)),
        ...(node.items === undefined ? [] : objectSchemas(`${at}[]`, node.items)),
    ];
}

/** The properties that the schema requires and the defaults lack. */
function differences(at: string, node: Schema, defaults: Values): string[] {
    return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
        const value = defaults[key];
        if (value === undefined) {
            return node.required?.includes(key) ? [`${at}.${key} has no default`] : [];
        }
        return child.properties === undefined ? [] : differences(`${at}.${key}`, child, value as Values);
    });
}

describe("the chart's values", () => {
    it("are closed at every level: an unknown key is refused", () => {
        const open = objectSchemas("", schema).filter(([, node]) => node.additionalProperties !== false);
        expect(open.map(([at]) => at)).to.deep.equal([]);
    });

    it("are all described", () => {
        const undescribed = objectSchemas("", schema).flatMap(([at, node]) =>
            Object.entries(node.properties ?? {})
                .filter(([, property]) => property.description === undefined)
                .map(([key]) => `${at}.${key}`),
        );
        expect(undescribed).to.deep.equal([]);
    });

    it("all have a default", () => {
        expect(differences("", schema, values("values.yaml"))).to.deep.equal([]);
    });

    it("are the same in dr as in prod, except the cluster's own facts", () => {
        const { cluster: prod, ...prodValues } = values("values-prod.yaml");
        const { cluster: dr, ...drValues } = values("values-dr.yaml");
        expect(drValues).to.deep.equal(prodValues);
        expect(dr).to.have.all.keys(Object.keys(prod as Values));
    });

    for (const environment of ["staging", "prod", "dr"]) {
        it(`name ${environment} as the environment in its own file`, () => {
            const { cluster } = values(`values-${environment}.yaml`);
            expect(cluster).to.have.property("environment", environment);
        });
    }
});
