"use strict";
// What Pulumi runs: package.json names it.
require("./traces").leaveOutTraces();
module.exports = require("./load").load("index.ts");
