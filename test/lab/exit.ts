import { expect } from "chai";
import { readApplications } from "../../lab/argocd";
import { argoCdSession } from "../../lab/session";
import { clusterNames } from "../../lab/clusters";
import { kubectl } from "../../lab/kubectl";
import * as fs from "node:fs";
import { labDir } from "../../lab/paths";
import { listProcesses, processFacts, waitFor } from "../../lab/processes";
import { getObject, namesOf, npmRun, pulumiOk } from "./support/lab";

describe("the end", () => {
    it("of one environment leaves the other two serving, and nothing of its own", async () => {
        const uid = async (cluster: "prod" | "dr") => (await getObject(cluster, "agent", "deployment", "agent")).metadata.uid;
        const before = await Promise.all([uid("prod"), uid("dr")]);
        await pulumiOk("staging", "destroy", "--yes", "--skip-preview");
        await waitFor(
            "only the Applications of prod and dr",
            async () => {
                const rows = await readApplications(await argoCdSession());
                const seen = rows.map(({ name, sync, health }) => `${name} ${sync} ${health}`).join(", ");
                const expected = "agent-dr Synced Healthy, agent-prod Synced Healthy";
                return seen === expected ? { done: true } : { seen };
            },
            { timeoutMs: 60_000 },
        );
        expect(await Promise.all([uid("prod"), uid("dr")])).to.deep.equal(before);
        const namespaces = (await kubectl("staging", ["get", "namespaces", "--output=name"])).trim().split("\n");
        expect(namespaces).not.to.include.members(["namespace/agent"]);
        expect(namespaces).not.to.include.members(["namespace/argocd-manager"]);
        expect(await namesOf("hub", "argocd", "secrets")).not.to.include("cluster-staging");
    });

    it("of the lab leaves no object, no process and no file", async () => {
        const pids = listProcesses().map(({ pid }) => pid);
        expect(pids.length).to.be.greaterThan(clusterNames.length);
        const { ok, output } = await npmRun("lab:down");
        expect(ok, output).to.equal(true);
        expect(output).to.include("nothing is left on the clusters: done");
        expect(pids.filter((pid) => processFacts(pid) !== undefined)).to.deep.equal([]);
        expect(fs.existsSync(labDir)).to.equal(false);
    });
});
