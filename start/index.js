"use strict";
// What Pulumi runs: package.json names it.
module.exports = require("./load").load("index.ts");
