import { expect } from "chai";
import * as fs from "node:fs";
import { clusterNames } from "../../lab/clusters";
import { labDir } from "../../lab/paths";
import { listProcesses, processFacts } from "../../lab/processes";
import { npmRun } from "./support/lab";

describe("npm run lab:down", () => {
    it("leaves no object, no process and no file", async () => {
        const pids = listProcesses().map(({ pid }) => pid);
        expect(pids.length).to.be.greaterThan(clusterNames.length);
        const { ok, output } = await npmRun("lab:down");
        expect(ok, output).to.equal(true);
        expect(output).to.include("nothing is left on the clusters: done");
        expect(pids.filter((pid) => processFacts(pid) !== undefined)).to.deep.equal([]);
        expect(fs.existsSync(labDir)).to.equal(false);
    });
});
