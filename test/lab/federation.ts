import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { startArgoCd } from "../../lab/argocd";
import { applyByHand } from "../../lab/apply";
import { apiServer } from "../../lab/clusters/api";
import { trustHub } from "../../lab/clusters/trust";
import { kubectl } from "../../lab/kubectl";
import { logDir } from "../../lab/paths";
import { type Look, waitFor } from "../../lab/processes";
import { argoCdSession } from "../../lab/session";
import { changeInLab } from "../../lab/stacks/project";
import { credentials as credentialPatterns } from "../../policy/credentials";
import { announced, changeCredential, lost, writeCredentials } from "./support/credentialChange";
import {
    clusterSecret, type Config, getObject, namesOf, pulumi, pulumiOk, pulumiWith, transcript, withConfig,
} from "./support/lab";
import { noRights, restrictedKubeconfig } from "./support/restricted";
import { leaksOf, textsBelow } from "./support/secrets";
import { askWith, withTimes } from "./support/token";

type Spoke = "prod" | "dr";

const deployments = "/apis/apps/v1/namespaces/agent/deployments";
const federated = { type: "federated" };
const controller = "argocd-application-controller";

/** The limit for the end of access in docs/federation.md, in milliseconds. */
const endOfAccessMs = 70_000;

/** A token of an account on the hub, as the kubelet projects it into the pods of that account. */
async function projected(audience: string, account = controller): Promise<string> {
    const args = ["create", "token", account, "--namespace=argocd", `--audience=${audience}`, "--duration=10m"];
    return (await kubectl("hub", args)).trim();
}

/** The status of an API server's answer to a token alone. */
async function answerOf(cluster: Spoke | "hub", token: string, what = deployments): Promise<number> {
    const { url, pki } = apiServer(cluster);
    const caData = Buffer.from(fs.readFileSync(path.join(pki, "ca.crt"))).toString("base64");
    return (await askWith({ server: url, caData, token }, what)).status;
}

/** Waits for the answer to a token, and says how long it took. */
async function answers(cluster: Spoke, token: string, wanted: readonly number[]): Promise<void> {
    const began = Date.now();
    const look = async () => {
        const status = await answerOf(cluster, token);
        return wanted.includes(status) ? { done: undefined } : { seen: `answer ${status}` };
    };
    await waitFor(`${cluster} to answer ${wanted.join(" or ")}`, look, { timeoutMs: endOfAccessMs });
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    process.stdout.write(`      ${cluster} answers ${wanted.join(" or ")} after ${seconds} s\n`);
}

const discovery = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "issuer-discovery-for-spokes" },
    roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "system:service-account-issuer-discovery",
    },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:unauthenticated" }],
};

describe("a spoke that trusts the hub's issuer", () => {
    let oldToken: string;

    before(async () => {
        changeInLab("hub", (config: Config) => ({ ...config, "hubspoke:federation": { audiences: ["prod", "dr"] } }));
        await pulumiOk("hub", "up", "--yes", "--skip-preview");
        await startArgoCd(() => undefined);
        await applyByHand("hub", [discovery]);
        oldToken = (await clusterSecret("prod")).config.bearerToken;
    });

    it("must trust it: the preview says what to configure, and changes nothing", async () => {
        writeCredentials("prod", federated);
        const { ok, output } = await pulumi("prod", "preview");
        expect(ok, output).to.equal(false);
        expect(output).to.include("does not accept tokens of the hub's issuer https://hub.example.test with the audience prod");
        expect(output).to.include("--authentication-config=FILE");
    });

    it("must give Argo CD the name to which the Role is bound", async () => {
        trustHub("prod", { audience: "prod", prefix: "other:" });
        await answers("prod", await projected("prod"), [200, 403]);
        const { ok, output } = await pulumi("prod", "preview");
        expect(ok, output).to.equal(false);
        expect(output).to.include('Write `usernamePrefix: "other:"`');
    });

    it("takes the place of a token: access stays on the way, nothing is replaced, and the old token dies", async () => {
        trustHub("prod", { audience: "prod" });
        // The API server has read the file when Argo CD has its new name, to which nothing is bound yet.
        await waitFor(
            "the new prefix",
            async () => {
                const { ok, output } = await pulumi("prod", "preview");
                return ok ? { done: undefined } : { seen: output };
            },
            { timeoutMs: endOfAccessMs },
        );
        writeCredentials("prod", {});
        const operations = await changeCredential("prod", federated);
        expect(lost(operations)).to.deep.equal({
            replaced: [],
            deleted: [
                "prod-manager-account",
                "prod-manager-agent-binding",
                "prod-manager-namespace",
                "prod-manager-token",
                "prod-manager-token-1",
                "prod-manager-token-1-suffix",
            ],
        });
        await answers("prod", oldToken, [401]);
        expect(await announced("prod")).to.deep.equal({});
        expect(await namesOf("prod", "agent", "rolebindings")).to.deep.equal(["argocd-manager-federated"]);
    });

    it("gets what Git says: a deleted Deployment comes back", async () => {
        const { uid } = (await getObject("prod", "agent", "deployment", "agent")).metadata;
        await kubectl("prod", ["delete", "deployment", "agent", "--namespace=agent"]);
        await waitFor(
            "another Deployment",
            async () => {
                const { metadata } = await getObject("prod", "agent", "deployment", "agent");
                return metadata.uid === uid ? { seen: "the old one" } : { done: undefined };
            },
            { timeoutMs: 120_000 },
        );
    });

    it("is read by argocd-server, too, with a token of its own account", async () => {
        const session = await argoCdSession();
        if ("unavailable" in session) {
            throw new Error(session.unavailable);
        }
        const query = "resourceName=agent&namespace=agent&version=v1&group=apps&kind=Deployment";
        // The Deployment is new: Argo CD lists it among the Application's objects after its next comparison.
        const { manifest } = await waitFor(
            "argocd-server to show the Deployment",
            async (): Promise<Look<{ manifest: string }>> => {
                try {
                    const resource = `/api/v1/applications/agent-prod/resource?${query}`;
                    return { done: (await session.get(resource)) as { manifest: string } };
                } catch (error) {
                    return { seen: (error as Error).message };
                }
            },
            { timeoutMs: 60_000 },
        );
        expect((JSON.parse(manifest) as { metadata: object }).metadata).to.include({ name: "agent", namespace: "agent" });
    });

    it("is previewed by the read-only identity, which may not ask for the tokens that would prove the trust", async () => {
        const reader = await restrictedKubeconfig("previewer", { hub: noRights, prod: noRights });
        const previewers = { kind: "User", name: "system:serviceaccount:previewer:previewer" };
        const permitted = (config: Config) => ({ ...config, "hubspoke:previewers": previewers });
        await withConfig("hub", permitted, () => pulumiOk("hub", "up", "--yes", "--skip-preview"));
        await withConfig("prod", permitted, async () => {
            await pulumiOk("prod", "up", "--yes", "--skip-preview");
            const env = { KUBECONFIG: reader.file };
            const { ok, output } = await pulumiWith(env, "prod", "preview", "--expect-no-changes");
            expect(ok, output).to.equal(true);
        });
        await pulumiOk("prod", "up", "--yes", "--skip-preview");
        await pulumiOk("hub", "up", "--yes", "--skip-preview");
        await reader.remove();
    });

    it("has no credential in its Secret on the hub, in the stack's state or in any log", async () => {
        const { data = {} } = await getObject("hub", "argocd", "secret", "cluster-prod");
        const secret = Object.values(data).map((value) => Buffer.from(value, "base64").toString("utf8")).join("\n");
        const state = await pulumiOk("prod", "stack", "export", "--show-secrets");
        // It shows what the stack reads of the hub's outputs: the admin's password, which no command prints.
        transcript.pop();
        const jwt = credentialPatterns["a token (JWT)"] ?? /^/;
        expect(secret).to.include("execProviderConfig");
        expect(state).to.include("prod-cluster-secret");
        expect(secret).not.to.match(jwt);
        expect(state).not.to.match(jwt);
        expect(await namesOf("prod", "agent", "secrets")).to.deep.equal([]);
        const tokens = textsBelow(path.join(path.dirname(logDir), "argocd", "tokens"));
        expect([...tokens.keys()].map((file) => path.basename(file)).sort()).to.deep.equal(["dr", "dr", "prod", "prod"]);
        expect(leaksOf(tokens, textsBelow(logDir))).to.deep.equal([]);
    });

    it("accepts the tokens of Argo CD for it, and no other: another spoke's, another account's, a token without audience", async () => {
        trustHub("dr", { audience: "dr" });
        await answers("dr", await projected("dr"), [200, 403]);
        expect(await answerOf("prod", await projected("prod"))).to.equal(200);
        expect(await answerOf("prod", await projected("prod", "argocd-server"))).to.equal(200);
        expect(await answerOf("prod", await projected("dr"))).to.equal(401);
        expect(await answerOf("dr", await projected("prod"))).to.equal(401);
        expect(await answerOf("prod", await projected("prod", "argocd-repo-server"))).to.equal(401);
        expect(await answerOf("prod", (await kubectl("hub", ["create", "token", controller, "--namespace=argocd"])).trim())).to.equal(401);
        expect(await answerOf("hub", await projected("prod"), "/version/")).to.equal(401);
    });

    it("refuses a stolen token after its life", async () => {
        const token = await projected("prod");
        const now = Math.floor(Date.now() / 1000);
        const alive = withTimes("hub", token, { iat: now - 599, nbf: now - 599, exp: now + 600 });
        const dead = withTimes("hub", token, { iat: now - 601, nbf: now - 601, exp: now - 1 });
        expect(await answerOf("prod", alive)).to.equal(200);
        expect(await answerOf("prod", dead)).to.equal(401);
    });

    it("ends access when it no longer trusts the issuer", async () => {
        const token = await projected("prod");
        // An API server remembers a token that it has accepted.
        expect(await answerOf("prod", token)).to.equal(200);
        trustHub("prod", undefined);
        await answers("prod", token, [401]);
        const { ok, output } = await pulumi("prod", "preview");
        expect(ok, output).to.equal(false);
        trustHub("prod", { audience: "prod" });
        await answers("prod", token, [200]);
    });

    it("goes back to a token: access stays on the way, and nothing is replaced", async () => {
        const operations = await changeCredential("prod", { type: "token" });
        expect(lost(operations)).to.deep.equal({ replaced: [], deleted: ["prod-manager-agent-binding-federated"] });
        expect(await answerOf("prod", (await clusterSecret("prod")).config.bearerToken)).to.equal(200);
        await answers("prod", await projected("prod"), [403]);
        expect(await announced("prod")).to.deep.equal({});
    });
});
