// Pulumi gives a policy pack no arguments for node, so the hook for TypeScript is set here.
require("tsx/cjs");
require("./pack.ts");
