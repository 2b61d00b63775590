import { expect } from "chai";
import { clusterStates } from "../../lab/clusters";
import { clusterSecret } from "./support/lab";
import { askWith } from "./support/token";

/** Asks an API server as Argo CD does: with the Secret's token and CA, and nothing else. */
async function ask(cluster: string, path: string): Promise<number> {
    const { server, config } = await clusterSecret(cluster);
    const credential = { server, caData: config.tlsClientConfig.caData, token: config.bearerToken };
    return (await askWith(credential, path)).status;
}

describe("the credential that the hub holds for a spoke", () => {
    for (const cluster of ["staging", "prod", "dr"]) {
        it(`works against ${cluster}, whose CA it carries`, async () => {
            const state = (await clusterStates()).find(({ name }) => name === cluster);
            expect((await clusterSecret(cluster)).server).to.equal(state?.server);
            expect(await ask(cluster, "/apis/apps/v1/namespaces/agent/deployments")).to.equal(200);
        });
    }

    const forbidden = [
        ["Secrets of the agent's own namespace", "/api/v1/namespaces/agent/secrets"],
        ["Secrets of kube-system", "/api/v1/namespaces/kube-system/secrets"],
        ["its own token", "/api/v1/namespaces/argocd-manager/secrets"],
        ["Deployments of another namespace", "/apis/apps/v1/namespaces/default/deployments"],
        ["nodes", "/api/v1/nodes"],
        ["ClusterRoles", "/apis/rbac.authorization.k8s.io/v1/clusterroles"],
    ] as const;
    for (const [what, path] of forbidden) {
        it(`may not read ${what}`, async () => {
            expect(await ask("staging", path)).to.equal(403);
        });
    }
});
