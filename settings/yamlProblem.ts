import { YAMLParseError } from "yaml";

/** What is wrong at a line, where more can be said than that it is no YAML. */
const words: Readonly<Record<string, string>> = {
    DUPLICATE_KEY: "has a key that its map has already",
    TAB_AS_INDENT: "is indented by a tab, and YAML takes spaces",
};

/** Why a text cannot be read as YAML, without a word of it: a parser quotes the line, which can have a credential. */
export function yamlProblem(error: unknown): string {
    const [code, line] = error instanceof YAMLParseError ? [error.code, error.linePos?.[0].line] : [];
    const what = (code === undefined ? undefined : words[code]) ?? "cannot be read as YAML";
    return line === undefined ? "it cannot be read as YAML" : `line ${line} ${what}`;
}
