import { run } from "../processes";

/** The toolchain that builds everything; any Go from 1.21 on fetches it as a module. */
export const goToolchain = "go1.27.0";

/** The platform in Go's words. */
export const goOs = process.platform;
export const goArch = process.arch === "x64" ? "amd64" : process.arch;

const remedy = "install Go 1.21 or newer (https://go.dev/dl), or run `mise install` for prebuilt tools";

/**
 * What the builds add to the user's environment. GOTOOLCHAIN is set even where it says "local", and
 * the platform where the user cross-compiles; the user's proxy, checksum and cache settings stay.
 */
export const goEnvironment = {
    GOTOOLCHAIN: goToolchain,
    GOWORK: "off",
    GOOS: goOs,
    GOARCH: goArch,
    CGO_ENABLED: "0",
};

/** Where Go keeps compiled packages and modules. */
export interface GoDirs {
    readonly GOCACHE: string;
    readonly GOMODCACHE: string;
}

/** Fails, with the remedy, unless a Go that can fetch other toolchains is on PATH. */
export async function checkGo(): Promise<GoDirs> {
    const result = await run("go", ["env", "-json", "GOVERSION", "GOCACHE", "GOMODCACHE"], {
        env: { GOTOOLCHAIN: "local" },
        timeoutMs: 30_000,
    });
    if (!result.ok) {
        const why = result.notFound ? "Go is not on PATH" : `\`go env\` failed: ${result.output}`;
        throw new Error(`the lab's tools have to be built, but ${why}: ${remedy}`);
    }
    const { GOVERSION, ...dirs } = JSON.parse(result.stdout) as GoDirs & { GOVERSION: string };
    if (!canFetchToolchains(GOVERSION)) {
        throw new Error(`the lab's tools have to be built, but Go on PATH is ${GOVERSION}: ${remedy}`);
    }
    return dirs;
}

/** Go fetches other toolchains since 1.21 (https://go.dev/doc/toolchain). */
export function canFetchToolchains(version: string): boolean {
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
    return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 21) || version.startsWith("devel");
}
