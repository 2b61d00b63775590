import type { Tool } from "./catalogue";

/** Tools that `npm run lab` does without: each is built when a command or a test first asks for it. */
export const extras = [
    {
        name: "actionlint",
        version: "1.7.12",
        versionArgs: ["-version"],
        module: "actionlint",
        package: "github.com/rhysd/actionlint/cmd/actionlint",
        stamps: { "github.com/rhysd/actionlint.version": "1.7.12" },
    },
] as const satisfies readonly Tool[];

/** Name of an extra. */
export type ExtraName = (typeof extras)[number]["name"];
