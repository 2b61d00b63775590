import { randomBytes } from "node:crypto";
import { hashSync } from "bcryptjs";
import { secret, type PropertyMap } from "../plugin/values";
import { atLeastOne, lengthOfMinimums, someClass, type Check } from "./check";
import { randomCharacters, type CharacterRules } from "./characters";

/** A kind of random resource: how its inputs are checked and completed, how its value is made and shown. */
export interface RandomKind {
    readonly checks: readonly Check[];
    /** Values of inputs that are left out; they appear among the outputs, as in the official provider. */
    readonly defaults: PropertyMap;
    /** Outputs that only creation knows. */
    readonly generated: readonly string[];
    /** Makes the value from plain inputs. */
    make(inputs: PropertyMap): Buffer;
    /** Reads the value, and the inputs that it would be of, from the id that an import names. */
    parse(id: string): { readonly value: Buffer; readonly inputs: PropertyMap };
    /** The outputs; those that are secret are marked. */
    outputs(value: Buffer, inputs: PropertyMap): { readonly id: string; readonly outputs: PropertyMap };
}

const characterDefaults: PropertyMap = {
    lower: true,
    upper: true,
    number: true,
    numeric: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
};

/** What RandomPassword and RandomString have in common. */
const characters = {
    checks: [atLeastOne("length"), lengthOfMinimums, someClass],
    defaults: characterDefaults,
    make: (inputs: PropertyMap) => {
        const number = (name: string): number => Number(inputs[name] ?? 0);
        const rules: CharacterRules = {
            length: number("length"),
            lower: inputs.lower === true,
            upper: inputs.upper === true,
            numeric: inputs.numeric === true && inputs.number === true,
            special: inputs.special === true,
            minLower: number("minLower"),
            minUpper: number("minUpper"),
            minNumeric: number("minNumeric"),
            minSpecial: number("minSpecial"),
            overrideSpecial: typeof inputs.overrideSpecial === "string" ? inputs.overrideSpecial : "",
        };
        return Buffer.from(randomCharacters(rules));
    },
    /** The text itself; its length counts bytes (resource_password.go). */
    parse: (id: string) => {
        const value = Buffer.from(id);
        return { value, inputs: { length: value.length } };
    },
};

/** Id of resources whose value is a secret: the official provider's placeholder. */
const noId = "none";

const password: RandomKind = {
    ...characters,
    generated: ["bcryptHash", "result"],
    outputs: (value) => {
        const result = value.toString();
        return { id: noId, outputs: { result: secret(result), bcryptHash: secret(hashSync(result)) } };
    },
};

const string: RandomKind = {
    ...characters,
    generated: ["result"],
    outputs: (value) => ({ id: value.toString(), outputs: { result: value.toString() } }),
};

const id: RandomKind = {
    checks: [atLeastOne("byteLength")],
    defaults: {},
    generated: ["b64Std", "b64Url", "dec", "hex"],
    make: ({ byteLength }) => randomBytes(Number(byteLength)),
    /** The value in base64url, after a prefix and a comma if there is one (resource_id.go). */
    parse: (id) => {
        const comma = id.lastIndexOf(",");
        const value = Buffer.from(id.slice(comma + 1), "base64url");
        const inputs: PropertyMap = { byteLength: value.length };
        return { value, inputs: comma < 1 ? inputs : { ...inputs, prefix: id.slice(0, comma) } };
    },
    outputs: (value, { prefix }) => {
        const before = typeof prefix === "string" ? prefix : "";
        const hex = value.toString("hex");
        const url = value.toString("base64url");
        return {
            id: url,
            outputs: {
                b64Std: before + value.toString("base64"),
                b64Url: before + url,
                dec: before + BigInt(`0x${hex}`).toString(10),
                hex: before + hex,
            },
        };
    },
};

const bytes: RandomKind = {
    checks: [atLeastOne("length")],
    defaults: {},
    generated: ["base64", "hex"],
    make: ({ length }) => randomBytes(Number(length)),
    /** The value in base64 (resource_bytes.go). */
    parse: (id) => {
        const value = Buffer.from(id, "base64");
        return { value, inputs: { length: value.length } };
    },
    outputs: (value) => {
        const outputs = { base64: secret(value.toString("base64")), hex: secret(value.toString("hex")) };
        return { id: noId, outputs };
    },
};

/** The kinds by their type. */
export const randomKinds: Readonly<Record<string, RandomKind>> = {
    "random:index/randomPassword:RandomPassword": password,
    "random:index/randomString:RandomString": string,
    "random:index/randomId:RandomId": id,
    "random:index/randomBytes:RandomBytes": bytes,
};
