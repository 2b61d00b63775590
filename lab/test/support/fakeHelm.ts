import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** What the program prints for a command: its output, or, with `error`, the reason of its failure. */
export type HelmAnswer = { readonly output: string } | { readonly error: string };

/** A program `helm`, first on the PATH, that prints what it is told to. */
export class FakeHelm {
    readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), "fake-helm-"));
    readonly #path = process.env.PATH;

    constructor() {
        const script = [
            "#!/bin/sh",
            `cd "${this.#folder}" && cat >/dev/null`,
            'test -f "$1.output" && exec cat "$1.output"',
            'cat "$1.error" >&2',
            "exit 1",
        ];
        fs.writeFileSync(path.join(this.#folder, "helm"), script.join("\n"), { mode: 0o755 });
        process.env.PATH = `${this.#folder}${path.delimiter}${this.#path ?? ""}`;
    }

    /** Sets the answers by helm's command, as `{ status: { output: "{}" } }`; the others fail. */
    answer(answers: Readonly<Record<string, HelmAnswer>>): void {
        for (const file of fs.readdirSync(this.#folder).filter((name) => name !== "helm")) {
            fs.rmSync(path.join(this.#folder, file));
        }
        for (const [command, answer] of Object.entries(answers)) {
            for (const [kind, content] of Object.entries(answer)) {
                fs.writeFileSync(path.join(this.#folder, `${command}.${kind}`), content);
            }
        }
    }

    remove(): void {
        process.env.PATH = this.#path;
        fs.rmSync(this.#folder, { recursive: true });
    }
}
