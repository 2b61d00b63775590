"use strict";
const Module = require("node:module");

/**
 * Packages that Pulumi's SDK loads, and needs only to serialize functions or to run Pulumi itself, which no program
 * here does: more than half of the time in which the SDK is loaded.
 */
const unused = ["typescript", "@npmcli/arborist", "@pulumi/pulumi/automation"];

/** Makes Pulumi's SDK load these packages when something of them is first used. Without effect on a loaded one. */
exports.deferUnused = () => {
    const sdk = Module.createRequire(require.resolve("@pulumi/pulumi"));
    for (const name of unused) {
        const file = sdk.resolve(name);
        require.cache[file] ??= standIn(file);
    }
};

/**
 * A module whose first use loads the actual one in its place.
 *
 * @param {string} file
 */
function standIn(file) {
    /** @type {NodeJS.Module} */
    const stand = Object.assign(new Module(file, module), { filename: file, loaded: true });
    /** @type {() => Record<string | symbol, unknown>} */
    const actual = () => {
        if (require.cache[file] === stand) {
            delete require.cache[file];
        }
        return require(file);
    };
    /** @type {(_: object, key: string | symbol) => unknown} */
    const get = (_, key) => key === "__esModule" || actual()[key];
    stand.exports = new Proxy({}, { get });
    return stand;
}
