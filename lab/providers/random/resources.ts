import { randomBytes } from "node:crypto";
import { hashSync } from "bcryptjs";
import { secret, type PropertyMap } from "../plugin/values";
import { randomCharacters, type CharacterRules } from "./characters";

/** A kind of random resource: how its inputs are completed, and how it is made. */
export interface RandomKind {
    /** Inputs that must be given. */
    readonly required: readonly string[];
    /** Values of inputs that are left out; they appear among the outputs, as in the official provider. */
    readonly defaults: PropertyMap;
    /** Outputs that only creation knows. */
    readonly generated: readonly string[];
    /** Makes the outputs from plain inputs; those that are secret are marked. */
    make(inputs: PropertyMap): { readonly id: string; readonly outputs: PropertyMap };
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

function characters(inputs: PropertyMap): string {
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
    return randomCharacters(rules);
}

/** Id of resources whose value is a secret: the official provider's placeholder. */
const noId = "none";

const password: RandomKind = {
    required: ["length"],
    defaults: characterDefaults,
    generated: ["bcryptHash", "result"],
    make: (inputs) => {
        const result = characters(inputs);
        return { id: noId, outputs: { result: secret(result), bcryptHash: secret(hashSync(result)) } };
    },
};

const string: RandomKind = {
    required: ["length"],
    defaults: characterDefaults,
    generated: ["result"],
    make: (inputs) => {
        const result = characters(inputs);
        return { id: result, outputs: { result } };
    },
};

const id: RandomKind = {
    required: ["byteLength"],
    defaults: {},
    generated: ["b64Std", "b64Url", "dec", "hex"],
    make: ({ byteLength, prefix }) => {
        const bytes = randomBytes(Number(byteLength));
        const before = typeof prefix === "string" ? prefix : "";
        const hex = bytes.toString("hex");
        const url = bytes.toString("base64url");
        return {
            id: url,
            outputs: {
                b64Std: before + bytes.toString("base64"),
                b64Url: before + url,
                dec: before + BigInt(`0x${hex}`).toString(10),
                hex: before + hex,
            },
        };
    },
};

const bytes: RandomKind = {
    required: ["length"],
    defaults: {},
    generated: ["base64", "hex"],
    make: ({ length }) => {
        const value = randomBytes(Number(length));
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
