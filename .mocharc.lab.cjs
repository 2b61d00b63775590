// The suites of test/lab/suites, each with a lab of its own: it is called after the suite's file, unless LAB_NAME says
// otherwise, and the suite and all that it runs inherit that.
const path = require("node:path");

const suite = process.argv.find((argument) => argument.endsWith(".ts")) ?? "lab";
process.env.LAB_NAME ??= `test-${path.basename(suite, ".ts")}`;

module.exports = { ...require("./.mocharc.json"), timeout: 900_000, slow: 60_000 };
