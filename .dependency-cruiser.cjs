/**
 * Imports go one way, from the commands down to the settings, and packages are declared: `npm run lint` refuses any other
 * import, and every circle.
 */

/** The program's folders; each may import itself and those before it. */
const layers = ["settings", "clusters", "dynamic", "components", "preflight", "scripts"];

const upwards = layers.slice(0, -1).map((layer, index) => ({
    name: `${layer}-imports-nothing-above-it`,
    severity: "error",
    from: { path: `^${layer}/` },
    to: { path: `^(${[...layers.slice(index + 1), "lab", "test", "policy"].join("|")})/|^index\\.ts$` },
}));

module.exports = {
    forbidden: [
        ...upwards,
        { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
        {
            name: "components-import-only-types-of-dynamic",
            comment: "What dynamic resources do runs in another process, which loads dynamic/index.ts by itself.",
            severity: "error",
            from: { path: "^components/" },
            to: { path: "^dynamic/", dependencyTypesNot: ["type-only"] },
        },
        {
            name: "nothing-of-the-program-imports-the-lab",
            severity: "error",
            from: { path: `^(${layers.join("|")}|policy)/|^index\\.ts$` },
            to: { path: "^(lab|test)/" },
        },
        {
            name: "the-lab-runs-the-program-and-imports-no-part-of-it",
            severity: "error",
            from: { path: "^lab/(?!test/)" },
            to: { path: "^(components|preflight|dynamic)/" },
        },
        {
            name: "packages-are-declared",
            comment: "By the program in package.json, by the lab there or in lab/package.json; what tests need is apart.",
            severity: "error",
            from: { pathNot: "^(lab/)?test/" },
            to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
        },
    ],
    options: {
        combinedDependencies: true,
        doNotFollow: { path: "node_modules" },
        includeOnly: `^(start|${layers.join("|")}|policy|lab|test|node_modules|index\\.ts)`,
        tsPreCompilationDeps: "specify",
        tsConfig: { fileName: "tsconfig.json" },
    },
};
