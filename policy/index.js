require("../start/load").load("policy/pack.ts");
