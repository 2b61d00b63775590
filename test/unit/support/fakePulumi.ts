import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";

/** A `pulumi` on PATH that says what it is told, in a folder with stack files. */
export interface FakePulumi {
    /** A stack's file. */
    readonly file: (stack: string) => string;
    /** The commands so far, each with its arguments in a line. */
    readonly calls: () => string[];
    /** The clusters that a command was told not to connect to, each time that it ran. */
    readonly beside: (command: string) => string[];
    /** Makes a command fail, with what it prints. */
    readonly fail: (command: string, output: string) => void;
    /** Makes a command run until it is interrupted. */
    readonly hang: (command: string) => void;
    /** Makes every command that locks the stack fail with what it prints, until `pulumi cancel`. */
    readonly lock: (output: string) => void;
    /** The URL of the backend, by default a folder. */
    readonly setBackend: (url: string) => void;
    /** Changes what a stack's state says of the time of its last change. */
    readonly changeState: (time: string) => void;
    /** Gives a stack a state of its own; the project then has the stacks with one. */
    readonly setState: (stack: string, deployment: object) => void;
    /** The state of such a stack, also as a command has imported it. */
    readonly stateOf: (stack: string) => unknown;
    /** What a stack says of its outputs, whichever it is asked for. */
    readonly setOutputs: (stack: string, outputs: object) => void;
    /** The resources that a preview says it would change. */
    readonly planned: (changes: readonly Readonly<Record<"op" | "urn" | "type", string>>[]) => void;
    /** Restores PATH, and removes the folder. */
    readonly restore: () => void;
}

const script = `#!/usr/bin/env bash
cd "$(dirname "$0")/.."
echo "$*" >> calls
echo "$1 $HUBSPOKE_UNREACHABLE" >> beside
command=$1
what=$2
while [ $# -gt 0 ]; do
    case $1 in
        --stack) stack=$2 ;;
        --event-log) log=$2 ;;
    esac
    shift
done
if [ -e "fails.$command" ]; then cat "fails.$command" >&2; exit 255; fi
if [ -e "hangs.$command" ]; then echo "Updating"; exec sleep 60; fi
case "$command $what" in
    up* | refresh* | destroy* | "stack import") if [ -e locked ]; then cat locked >&2; exit 255; fi ;;
esac
case $command in
    cancel) rm -f locked ;;
    whoami) cat whoami.json ;;
    config) cat "$stack.config.json" ;;
    stack)
        case $what in
            ls) cat stacks.json ;;
            output) cat "$stack.outputs.json" ;;
            import) cat > "$stack.state.json" ;;
            export) if [ -e "$stack.state.json" ]; then cat "$stack.state.json"; else cat state.json; fi ;;
        esac ;;
    preview) [ -z "$log" ] || cp events.json "$log" ;;
esac
`;

/**
 * Puts a `pulumi` on PATH. Its previews change nothing until they are told to.
 *
 * @param given settings by stack, without the prefix `hubspoke:`
 */
export function fakePulumi(given: Readonly<Record<string, Readonly<Record<string, unknown>>>>): FakePulumi {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-"));
    const inFolder = (...names: string[]) => path.join(folder, ...names);
    const before = { PATH: process.env.PATH, PULUMI_OPTION_CWD: process.env.PULUMI_OPTION_CWD };
    const file = (stack: string) => inFolder(`Pulumi.${stack}.yaml`);
    fs.mkdirSync(inFolder("bin"));
    fs.writeFileSync(inFolder("bin", "pulumi"), script, { mode: 0o755 });
    for (const [stack, settings] of Object.entries(given)) {
        const all = Object.entries(settings).map(([key, value]) => [`hubspoke:${key}`, value] as const);
        const values = all.map(([key, value]) => [key, typeof value === "object" ? { objectValue: value } : { value }]);
        fs.writeFileSync(file(stack), stringify({ config: Object.fromEntries(all) }));
        fs.writeFileSync(inFolder(`${stack}.config.json`), JSON.stringify(Object.fromEntries(values)));
    }
    const changeState = (time: string) =>
        fs.writeFileSync(inFolder("state.json"), JSON.stringify({ version: 3, deployment: { manifest: { time } } }));
    const stacks: string[] = [];
    const setState: FakePulumi["setState"] = (stack, deployment) => {
        stacks.push(stack);
        fs.writeFileSync(inFolder("stacks.json"), JSON.stringify([...new Set(stacks)].map((name) => ({ name }))));
        fs.writeFileSync(inFolder(`${stack}.state.json`), JSON.stringify({ version: 3, deployment }));
    };
    const planned: FakePulumi["planned"] = (changes) =>
        fs.writeFileSync(
            inFolder("events.json"),
            changes.map((metadata) => `${JSON.stringify({ resourcePreEvent: { metadata } })}\n`).join(""),
        );
    const setBackend = (url: string) => fs.writeFileSync(inFolder("whoami.json"), JSON.stringify({ url }));
    fs.writeFileSync(inFolder("Pulumi.yaml"), "name: hubspoke\n");
    setBackend(`file://${folder}`);
    changeState("2026-01-01T00:00:00Z");
    planned([]);
    fs.writeFileSync(inFolder("calls"), "");
    process.env.PATH = `${inFolder("bin")}${path.delimiter}${before.PATH}`;
    process.env.PULUMI_OPTION_CWD = folder;
    return {
        file,
        calls: () => fs.readFileSync(inFolder("calls"), "utf8").split("\n").filter((line) => line !== ""),
        beside: (command) => {
            const lines = fs.readFileSync(inFolder("beside"), "utf8").split("\n").map((line) => line.split(" "));
            return lines.flatMap(([of, names = ""]) => (of === command ? [names] : []));
        },
        fail: (command, output) => fs.writeFileSync(inFolder(`fails.${command}`), `${output}\n`),
        hang: (command) => fs.writeFileSync(inFolder(`hangs.${command}`), ""),
        lock: (output) => fs.writeFileSync(inFolder("locked"), `${output}\n`),
        setBackend,
        changeState,
        setState,
        stateOf: (stack) => JSON.parse(fs.readFileSync(inFolder(`${stack}.state.json`), "utf8")) as unknown,
        setOutputs: (stack, outputs) => fs.writeFileSync(inFolder(`${stack}.outputs.json`), JSON.stringify(outputs)),
        planned,
        restore: () => {
            for (const [name, value] of Object.entries(before)) {
                if (value === undefined) {
                    delete process.env[name];
                } else {
                    process.env[name] = value;
                }
            }
            fs.rmSync(folder, { recursive: true });
        },
    };
}
