"use strict";
const { spawnSync } = require("node:child_process");
const Module = require("node:module");
const path = require("node:path");
const { deferUnused } = require("./defer");

const root = path.resolve(__dirname, "..");

/**
 * Runs a TypeScript file of this checkout with all that it imports from the checkout. They are compiled together at
 * each start, in memory, so that nothing old can run. Packages are required plainly,
 * without a hook that would read each of their files. Types are not checked here: `npm run types` does.
 *
 * @param {string} entry path of the file from the root of the checkout
 * @returns {unknown} what the file exports
 * @throws Error that names the file and line that cannot be compiled
 */
exports.load = (entry) => {
    deferUnused();
    return run(path.join(root, `${entry} (compiled)`), compile(entry));
};

/**
 * The compiler is a program of its own: its API for Node starts a thread besides, and tsx may use that already.
 *
 * @param {string} entry
 */
function compile(entry) {
    const options = ["--bundle", "--packages=external", "--platform=node", "--format=cjs", "--keep-names"];
    const output = ["--sourcemap=inline", "--sources-content=false", "--log-level=error", "--color=false"];
    const compiler = require.resolve("esbuild/bin/esbuild");
    const { status, stdout, stderr, error } = spawnSync(
        compiler,
        [path.join(root, entry), `--target=node${process.versions.node}`, ...options, ...output],
        { cwd: root, encoding: "utf8", maxBuffer: 100 * 1024 ** 2 },
    );
    if (status !== 0) {
        throw new Error(`${entry} cannot be compiled: ${error?.message ?? stderr.trim()}`);
    }
    return stdout;
}

/**
 * Runs a script in memory as a module. Stack traces name the files from which it was compiled: Pulumi's SDK writes them
 * by means of source-map-support.
 *
 * @param {string} file where the script would be
 * @param {string} script
 */
function run(file, script) {
    /** @type {{ install(options: { retrieveFile(asked: string): string | null }): void }} */
    const traces = require(Module.createRequire(require.resolve("@pulumi/pulumi")).resolve("source-map-support"));
    traces.install({ retrieveFile: (asked) => (asked === file ? script : null) });
    /** @type {any} */
    const made = Object.assign(new Module(file, module), { filename: file, paths: module.paths });
    made._compile(script, file);
    return made.exports;
}
