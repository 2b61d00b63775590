/**
 * What a program gets of a value in a stack file, as Pulumi 3.259 hands it over: a model of gopkg.in/yaml.v3
 * (resolve.go) and of Pulumi (sdk/go/common/resource/config/object.go: unmarshalObject, coerce, MarshalString).
 * test/lab/settingValues.ts compares it with the real CLI.
 */

/** A number, true, false, null or text, as the JSON of a setting has it. */
export type Scalar = string | number | bigint | boolean | null;

/** A value without quotes in YAML. */
export function plainInYaml(text: string): Scalar {
    if (words.has(text)) {
        return words.get(text) ?? null;
    }
    if (/^\.\d/.test(text)) {
        return /^\.\d+([eE][-+]?\d+)?$/.test(text) ? Number(text) : text;
    }
    if (!/^[-+\d]/.test(text)) {
        return text;
    }
    return timeOf(text) ?? numberOf(text.replaceAll("_", "")) ?? text;
}

const words = new Map<string, boolean | null>([
    ...["true", "True", "TRUE"].map((word) => [word, true] as const),
    ...["false", "False", "FALSE"].map((word) => [word, false] as const),
    ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

/** A date becomes a time of Go, and that its text. */
function timeOf(text: string): string | undefined {
    const [, year = "", month = "", day = "", clock] = /^(\d{4})-(\d\d?)-(\d\d?)([Tt ].*)?$/.exec(text) ?? [];
    const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
    if (year === "" || date.getUTCMonth() + 1 !== Number(month) || date.getUTCDate() !== Number(day)) {
        return undefined;
    }
    const two = (part: string) => part.padStart(2, "0");
    const whole = (hours: string, minutes: string, seconds: string, zone: string) =>
        `${year}-${two(month)}-${two(day)} ${two(hours)}:${two(minutes)}:${two(seconds)} ${zone}`;
    if (clock === undefined) {
        return whole("0", "0", "0", "+0000 UTC");
    }
    const [, hours = "", minutes = "", seconds = "", zone = ""] =
        /^[Tt ](\d\d?):(\d\d?):(\d\d?)(Z|[-+]\d\d:\d\d|)$/.exec(clock) ?? [];
    if (hours === "" || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
        return undefined;
    }
    if ((zone === "") !== clock.startsWith(" ")) {
        return undefined;
    }
    const offset = zone.replace(":", "");
    return whole(hours, minutes, seconds, zone === "" || zone === "Z" ? "+0000 UTC" : `${offset} ${offset}`);
}

const forms: readonly [RegExp, (digits: string) => bigint][] = [
    [/^[-+]?0[xX]([0-9a-fA-F]+)$/, (digits) => BigInt(`0x${digits}`)],
    [/^[-+]?0[bB]([01]+)$/, (digits) => BigInt(`0b${digits}`)],
    [/^[-+]?0[oO]?([0-7]+)$/, (digits) => BigInt(`0o${digits}`)],
    [/^[-+]?(0|[1-9]\d*)$/, BigInt],
];

function numberOf(text: string): number | bigint | undefined {
    for (const [form, parse] of forms) {
        const [, digits] = form.exec(text) ?? [];
        if (digits !== undefined) {
            const whole = text.startsWith("-") ? -parse(digits) : parse(digits);
            // What fits into no integer of 64 bits is a floating-point number if it is decimal.
            if (whole >= -(2n ** 63n) && whole < 2n ** (text.startsWith("+") ? 63n : 64n)) {
                return whole;
            }
        }
    }
    const isFloat = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text) && Number.isFinite(Number(text));
    return isFloat ? Number(text) : undefined;
}

/** What `pulumi config set --path` writes, for a path inside a map or list. */
export function setByPath(text: string): Scalar {
    if (text === "true" || text === "false") {
        return text === "true";
    }
    const isWhole = /^[-+]?\d+$/.test(text) && !/^0./.test(text);
    const whole = isWhole ? BigInt(text) : undefined;
    return whole !== undefined && whole >= -(2n ** 63n) && whole < 2n ** 64n ? whole : text;
}

/** How the program gets a scalar that is a whole setting, and not inside a map or list: as text. */
export function atTop(value: Scalar): string {
    return value === null ? "" : String(value);
}

/** How the program gets a scalar inside a map or list. */
export function inside(value: Scalar): string | number | boolean | null {
    return typeof value === "bigint" ? Number(value) : value;
}
