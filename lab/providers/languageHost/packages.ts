import * as fs from "node:fs";
import * as path from "node:path";

/** A resource plugin that an installed package asks for. */
export interface RequiredPlugin {
    readonly name: string;
    readonly version: string;
    /** Where to download the plugin; empty means the engine's default. */
    readonly server: string;
}

/** An installed npm package. */
export interface InstalledPackage {
    readonly name: string;
    readonly version: string;
    readonly directory: string;
    readonly manifest: PackageManifest;
}

interface PackageManifest {
    readonly name?: string;
    readonly version?: string;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
    readonly pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

/**
 * Plugins of the program's packages: those whose package.json has a `pulumi` section with `resource: true`.
 * Starts from the program's dependencies and follows theirs, since a component package brings its own
 * plugins.
 */
export function requiredPlugins(programDirectory: string): RequiredPlugin[] {
    const plugins = new Map<string, RequiredPlugin>();
    const seen = new Set<string>();
    const pending = directDependencies(programDirectory);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        if (seen.has(next.directory)) {
            continue;
        }
        seen.add(next.directory);
        const { pulumi } = next.manifest;
        if (pulumi?.resource === true) {
            const name = pulumi.name ?? next.name.replace(/^@pulumi\//, "");
            const version = pulumi.version ?? next.version;
            plugins.set(`${name}@${version}`, { name, version, server: pulumi.server ?? "" });
        }
        pending.push(...dependenciesOf(next.directory, Object.keys(next.manifest.dependencies ?? {})));
    }
    return [...plugins.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Packages that the program's package.json names, as they are installed. Those not installed are left out.
 */
export function directDependencies(programDirectory: string): InstalledPackage[] {
    const root = findUpwards(programDirectory, "package.json");
    const manifest = root === undefined ? undefined : readManifest(root);
    if (root === undefined || manifest === undefined) {
        return [];
    }
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    return dependenciesOf(path.dirname(root), names);
}

function dependenciesOf(directory: string, names: readonly string[]): InstalledPackage[] {
    return names.flatMap((name) => {
        const file = findUpwards(directory, path.join("node_modules", name, "package.json"));
        const manifest = file === undefined ? undefined : readManifest(file);
        return file === undefined || manifest === undefined
            ? []
            : [{ name, version: manifest.version ?? "", directory: path.dirname(file), manifest }];
    });
}

/** The nearest `relative` at or above a folder, as Node's own module lookup walks. */
function findUpwards(directory: string, relative: string): string | undefined {
    const candidate = path.join(directory, relative);
    if (fs.existsSync(candidate)) {
        return candidate;
    }
    const parent = path.dirname(directory);
    return parent === directory ? undefined : findUpwards(parent, relative);
}

function readManifest(file: string): PackageManifest | undefined {
    try {
        return JSON.parse(fs.readFileSync(file, "utf8")) as PackageManifest;
    } catch {
        return undefined;
    }
}
