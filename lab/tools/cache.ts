import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot, toolCache } from "../paths";
import { linkerFlags, type Tool } from "./catalogue";
import { goArch, goOs, goToolchain } from "./go";

/** The folder of the go.mod and go.sum that pin a tool, or a module that the lab takes files from. */
export function moduleDir(module: string): string {
    return path.join(projectRoot, "lab", "toolchain", module);
}

/**
 * What `go list` and `go build` are told besides the packages. The linker would throw the compiler's debug information
 * away; without it the compiler needs a tenth less processor time. `remove_all_sd` leaves the clouds' libraries out of
 * Prometheus and promtool, which keep the discovery by files (prometheus, plugins/minimum.go).
 */
export const compilerFlags = [
    "-trimpath", "-buildvcs=false", "-mod=readonly", "-gcflags=all=-dwarf=false", "-tags=remove_all_sd",
];

/**
 * Where the built tool is cached. The folder's name holds a hash of all that decides what the build
 * gives, so a tool of another version, other flags or another platform is never used instead.
 */
export function cachedTool(tool: Tool): string {
    const dir = moduleDir(tool.module);
    const hash = createHash("sha256");
    for (const file of ["go.mod", "go.sum"]) {
        hash.update(fs.readFileSync(path.join(dir, file))).update("\0");
    }
    hash.update([tool.package, linkerFlags(tool), goToolchain, goOs, goArch].join("\0"));
    const key = hash.digest("hex").slice(0, 12);
    return path.join(toolCache, "tools", `${tool.name}-${tool.version}-${key}`, tool.name);
}
