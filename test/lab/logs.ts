import { expect } from "chai";
import { clusterSecret, namesOf, pulumiOk, withConfig } from "./support/lab";
import { askWith } from "./support/token";

/** The answer to Argo CD's token when it reads a pod's log on staging. */
async function readLog() {
    const { server, config } = await clusterSecret("staging");
    const [pod = ""] = await namesOf("staging", "agent", "pods");
    const credential = { server, caData: config.tlsClientConfig.caData, token: config.bearerToken };
    return askWith(credential, `/api/v1/namespaces/agent/pods/${pod}/log`);
}

describe("the logs of the agent's pods", () => {
    it("are refused to Argo CD by default", async () => {
        const { status, body } = await readLog();
        expect(status).to.equal(403);
        expect(body).to.include("cannot get resource").and.to.include("pods/log");
    });

    it("are given to it where the environment says so, by a change of its Role alone", async () => {
        await withConfig("staging", (config) => ({ ...config, "hubspoke:logs": true }), async () => {
            const output = await pulumiOk("staging", "up", "--yes");
            expect(output).to.match(/rbac\.authorization\.k8s\.io.*Role\s+staging-manager-agent-role\s+updat/);
            expect(output).not.to.match(/kubernetes:.*\b(replace|delete|create)/);
            // Nothing runs in simulated pods: the API server asks the kubelet, which has no log.
            expect((await readLog()).status).not.to.be.oneOf([401, 403]);
            await pulumiOk("staging", "preview", "--expect-no-changes");
        });
        await pulumiOk("staging", "up", "--yes", "--skip-preview");
        expect((await readLog()).status).to.equal(403);
    });
});
