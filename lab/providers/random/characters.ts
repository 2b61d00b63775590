import { randomInt } from "node:crypto";

/** Inputs of RandomPassword and RandomString, with the official provider's defaults filled in. */
export interface CharacterRules {
    readonly length: number;
    readonly lower: boolean;
    readonly upper: boolean;
    readonly numeric: boolean;
    readonly special: boolean;
    readonly minLower: number;
    readonly minUpper: number;
    readonly minNumeric: number;
    readonly minSpecial: number;
    /** Replaces the default special characters when it is not empty. */
    readonly overrideSpecial: string;
}

const lowercase = "abcdefghijklmnopqrstuvwxyz";
const uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const digits = "0123456789";
const specials = "!@#$%&*()-_=+[]{}<>:?";

/**
 * A string by the rules, which `check.ts` has found to be possible: the minimum of each class, the rest from all
 * allowed characters, in random order.
 */
export function randomCharacters(rules: CharacterRules): string {
    const special = rules.overrideSpecial === "" ? specials : rules.overrideSpecial;
    const minimum =
        pick(lowercase, rules.minLower) +
        pick(uppercase, rules.minUpper) +
        pick(digits, rules.minNumeric) +
        pick(special, rules.minSpecial);
    const allowed =
        (rules.lower ? lowercase : "") +
        (rules.upper ? uppercase : "") +
        (rules.numeric ? digits : "") +
        (rules.special ? special : "");
    const rest = pick(allowed, rules.length - minimum.length);
    return shuffle([...(minimum + rest)]).join("");
}

function pick(alphabet: string, count: number): string {
    return Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

function shuffle(characters: string[]): string[] {
    for (let index = characters.length - 1; index > 0; index--) {
        const other = randomInt(index + 1);
        [characters[index], characters[other]] = [characters[other] ?? "", characters[index] ?? ""];
    }
    return characters;
}
