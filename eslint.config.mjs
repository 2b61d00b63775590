import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: [".dependency-cruiser.cjs", ".mocharc.lab.cjs", "node_modules/", ".lab/", "policy/index.js"] },
    ...tseslint.configs.recommendedTypeChecked,
    {
        languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.mjs"] } } },
        rules: {
            "@typescript-eslint/no-explicit-any": "error",
            "@typescript-eslint/prefer-nullish-coalescing": "error",
            "@typescript-eslint/switch-exhaustiveness-check": "error",
            "@typescript-eslint/consistent-type-imports": "error",
            "max-len": ["error", { code: 120, ignoreUrls: true, ignoreTemplateLiterals: true, ignoreStrings: true }],
        },
    },
    { files: ["eslint.config.mjs"], ...tseslint.configs.disableTypeChecked },
    {
        files: ["start/*.js"],
        rules: {
            "@typescript-eslint/no-explicit-any": "off",
            "@typescript-eslint/no-require-imports": "off",
            "@typescript-eslint/no-unsafe-assignment": "off",
            "@typescript-eslint/no-unsafe-call": "off",
            "@typescript-eslint/no-unsafe-member-access": "off",
            "@typescript-eslint/no-unsafe-return": "off",
        },
    },
    {
        files: ["settings/**", "clusters/**", "components/**", "preflight/**", "dynamic/**", "policy/**"],
        rules: {
            "no-restricted-globals": [
                "error",
                { name: "__dirname", message: "start/load.js compiles all files into one: import JSON, or use the root directory." },
                { name: "__filename", message: "start/load.js compiles all files into one." },
            ],
        },
    },
    {
        files: ["test/**"],
        rules: { "@typescript-eslint/no-unused-expressions": "off" },
    },
);
