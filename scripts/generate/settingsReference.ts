import type { InputSchema, StackKind } from "./settingsInput";
import { isLeaf, type Row, rowsIn, rowsOf, variantsOf } from "./settingsRows";
import { code, exampleOf, typeOf } from "./settingsWords";

const introduction = `<!-- Written by \`npm run settings\` from settings/. Do not edit: a test compares the two. -->
# Settings

The settings of a stack are in its stack file, \`Pulumi.<stack>.yaml\`, under \`config\`. Each key has the prefix
\`hubspoke:\`:

\`\`\`yaml
config:
  hubspoke:role: hub
  hubspoke:domain: example.com
\`\`\`

Edit the file, or set a value with Pulumi:

\`\`\`sh
pulumi config set --stack prod --path 'hubspoke:clusters.prod.revision' v1.2.0
pulumi config set --stack prod --path 'hubspoke:clusters.prod.kubeconfig' --secret < kubeconfig
\`\`\`

\`--secret\` encrypts the value: the stack file then contains \`{ secure: v1:… }\`. Every value can be encrypted. Set every
value of the type *secret text* this way.

**Put text in quotes** if YAML could take it for something else: without quotes, \`012345\` is the number 5349, \`1.30\` is
1.3, and \`2024-01-02\` is a time. \`pulumi config set --path\` writes whole numbers, \`true\` and \`false\` without quotes, except
with \`--type string\`. The program refuses a number, \`true\`, \`false\` or a date where the type is *text*. It cannot see
quotes around a name that you choose (\`<name>\`). Where the type is a number, \`true\` or \`false\`, quotes are allowed. A map
or list can also be JSON text, as \`pulumi config set\` writes it.

Editors with a YAML language server complete the settings and mark errors, because the first line of each stack file
names the schema, [settings.schema.json](../settings.schema.json). \`pulumi preview\` checks more, for example whether two
settings exclude each other.

In the tables, \`<name>\` is a name of your choice, and \`[]\` means each item of a list. *Default* is the value that the
program uses if you do not set one. The default \`{}\` means that the settings inside have their own defaults. A
setting without a default is optional.
`;

/** The reference of all settings, as Markdown: a section for each role, a table for each topic and each variant. */
export function settingsReference(input: Readonly<Record<StackKind, InputSchema>>): string {
    return [
        introduction,
        section("Hub", "Settings of the stack with `hubspoke:role: hub`.", input.hub),
        section("Environment", "Settings of a stack with `hubspoke:role: environment`.", input.environment),
        section("Shard", "Settings of the stack of a shard ([docs/scale.md](scale.md#an-environment-larger-than-a-stack)).", input.shard),
    ].join("\n");
}

function section(title: string, purpose: string, schema: InputSchema): string {
    const topics = topicsOf(schema);
    const leaves = topics.filter(isLeaf);
    const general = leaves.length === 0 ? [] : tables("General", leaves);
    const others = topics.filter((topic) => !isLeaf(topic));
    return [`## ${title}\n\n${purpose}\n`, ...general, ...others.flatMap(topicTables)].join("\n");
}

function topicsOf({ properties = {}, required = [] }: InputSchema): Row[] {
    return Object.entries(properties).map(([path, schema]) => ({ path, schema, required: required.includes(path) }));
}

function topicTables(topic: Row): string[] {
    return tables(`\`${topic.path}\``, rowsOf(topic));
}

/** A table, and the tables for the variants of its settings. */
function tables(title: string, rows: readonly Row[], level = "###"): string[] {
    const variants = rows.flatMap((row) =>
        variantsOf(row).flatMap(({ key, value, schema }) =>
            tables(`\`${row.path}\` with \`${key}: ${String(value)}\``, rowsIn(row.path, schema), "####"),
        ),
    );
    return [`${level} ${title}\n\n${table(rows)}`, ...variants];
}

function table(rows: readonly Row[]): string {
    const lines = [["Setting", "Type", "Default", "Meaning", "Example"], Array<string>(5).fill("---"), ...rows.map(cells)];
    return lines.map((line) => `| ${line.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`).join("");
}

function cells(row: Row): string[] {
    const { path, schema, required } = row;
    const example = isLeaf(row) || schema.examples ? exampleOf(schema) : undefined;
    return [`\`${path}\``, typeOf(schema), required ? "required" : code(schema.default), schema.description ?? "", code(example)];
}
