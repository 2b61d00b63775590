/** The toolchain that builds everything; any Go from 1.21 on fetches it as a module. */
export const goToolchain = "go1.27.0";

/** The platform in Go's words. */
export const goOs = process.platform;
export const goArch = process.arch === "x64" ? "amd64" : process.arch;

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

/** Go fetches other toolchains since 1.21 (https://go.dev/doc/toolchain). */
export function canFetchToolchains(version: string): boolean {
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
    return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 21) || version.startsWith("devel");
}
