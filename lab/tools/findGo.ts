import { run } from "../processes";
import type { RunOptions, RunResult } from "../../scripts/support/run";
import { canFetchToolchains, goEnvironment } from "./go";
import { findMise, installedFile } from "./mise";
import { whyNoneAnswers } from "./releaseHosts";

/** Where Go keeps compiled packages and modules. */
export interface GoDirs {
    readonly GOCACHE: string;
    readonly GOMODCACHE: string;
}

/** Runs a `go` command with the environment of the builds. */
export type Go = (args: readonly string[], options?: RunOptions) => Promise<RunResult>;

/**
 * Finds the Go on PATH if it can fetch other toolchains, otherwise fetches one with mise.
 *
 * @param fetch fetches one, and gives its path; undefined where that is not possible
 * @throws Error with the remedy if there is neither
 */
export async function findGo(fetch = fetchGo): Promise<{ readonly go: Go; readonly dirs: GoDirs }> {
    const onPath = await lookAt("go");
    if (typeof onPath !== "string") {
        return { go: goAt("go"), dirs: onPath };
    }
    const file = await fetch().catch(() => undefined);
    const fetched = file === undefined ? onPath : await lookAt(file);
    if (file === undefined || typeof fetched === "string") {
        throw new Error(`the lab's tools have to be built, but ${onPath}: install Go 1.21 or newer (https://go.dev/dl)`);
    }
    return { go: goAt(file), dirs: fetched };
}

function goAt(file: string): Go {
    return (args, options = {}) => run(file, args, { ...options, env: { ...goEnvironment, ...options.env } });
}

/** The folders of a Go, or why it is of no use. */
async function lookAt(file: string): Promise<GoDirs | string> {
    const result = await run(file, ["env", "-json", "GOVERSION", "GOCACHE", "GOMODCACHE"], {
        env: { GOTOOLCHAIN: "local" },
        timeoutMs: 30_000,
    });
    if (!result.ok) {
        return result.notFound ? "Go is not on PATH" : `\`go env\` failed: ${result.output}`;
    }
    const { GOVERSION, ...dirs } = JSON.parse(result.stdout) as GoDirs & { GOVERSION: string };
    return canFetchToolchains(GOVERSION) ? dirs : `Go on PATH is ${GOVERSION}`;
}

async function fetchGo(): Promise<string | undefined> {
    if ((await whyNoneAnswers()) !== undefined) {
        return undefined;
    }
    const mise = await findMise();
    await mise(["install", "go"]);
    return installedFile(mise, "go", "go");
}
