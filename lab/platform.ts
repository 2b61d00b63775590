/**
 * Refuses a platform for which the lab has no tools.
 *
 * @throws Error with the remedy
 */
export function refuseWindows(platform: NodeJS.Platform = process.platform): void {
    if (platform === "win32") {
        throw new Error(
            "the lab does not run on Windows: its tools are those of Linux and macOS. " +
                "Run it in WSL 2 (https://learn.microsoft.com/windows/wsl/install)",
        );
    }
}
