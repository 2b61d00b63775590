import * as fs from "node:fs";
import * as path from "node:path";
import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

/** `runtime.options` of Pulumi.yaml, that matter here. */
export interface RuntimeOptions {
    /** Arguments for node itself, as `--import tsx`. */
    readonly nodeArguments: readonly string[];
    /** Whether the SDK loads ts-node. Like the official host: yes, unless the option says `false`. */
    readonly typescript: boolean;
    /** The tsconfig for ts-node, if one is named. */
    readonly tsconfig?: string;
}

/** Reads the options, and says what is wrong with one that has the wrong type. */
export function runtimeOptions(info: ProgramInfo | undefined): RuntimeOptions {
    const options = info?.getOptions()?.toJavaScript() ?? {};
    const { nodeargs = "", typescript = true, tsconfig } = options;
    if (typeof nodeargs !== "string") {
        throw new Error(
            `runtime.options.nodeargs in Pulumi.yaml is ${JSON.stringify(nodeargs)}; write a string.`,
        );
    }
    if (typeof typescript !== "boolean") {
        throw new Error(
            `runtime.options.typescript in Pulumi.yaml is ${JSON.stringify(typescript)}; write true or false.`,
        );
    }
    return {
        nodeArguments: splitArguments(nodeargs),
        typescript,
        ...(typeof tsconfig === "string" ? { tsconfig: absolute(info, tsconfig) } : {}),
    };
}

/** Splits at spaces; double or single quotes hold a word together. */
export function splitArguments(line: string): string[] {
    const words = line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g);
    return [...words].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

function absolute(info: ProgramInfo | undefined, file: string): string {
    const inRoot = path.resolve(info?.getRootDirectory() ?? ".", file);
    return fs.existsSync(inRoot) ? inRoot : path.resolve(info?.getProgramDirectory() ?? ".", file);
}
