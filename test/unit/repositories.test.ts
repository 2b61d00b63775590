import { expect } from "chai";
import { argoCdValues } from "../../components/argoCd/values";
import { bringUpHub } from "./support/hub";
import { all, encode, one, unwrapSecret } from "./support/mocks";

const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----\n";

describe("a private repository", () => {
    const cases = [
        {
            name: "https with a token",
            settings: { url: "https://git.example.com/agent.git", username: "reader", token: "hunter2" },
            data: { username: "reader", password: "hunter2" },
        },
        {
            name: "an SSH key",
            settings: { url: "git@github.com:example/agent.git", sshKey: key },
            data: { sshPrivateKey: key },
        },
        {
            name: "a GitHub App",
            settings: {
                url: "https://github.example.com/a/b",
                githubApp: { id: 1, installation: 2, key, api: "https://github.example.com/api/v3" },
            },
            data: {
                githubAppID: "1",
                githubAppInstallationID: "2",
                githubAppPrivateKey: key,
                githubAppEnterpriseBaseUrl: "https://github.example.com/api/v3",
            },
        },
    ];
    for (const { name, settings, data } of cases) {
        it(`becomes a secret Secret of the agent's project: ${name}`, async () => {
            await bringUpHub({ repositories: { agent: settings } });
            const { inputs, provider } = one("kubernetes:core/v1:Secret", "repository-agent-secret");
            expect(provider).to.equal("hub");
            expect(inputs.metadata).to.deep.equal({
                name: "repository-agent",
                namespace: "argocd",
                labels: {
                    "argocd.argoproj.io/secret-type": "repository",
                    "app.kubernetes.io/managed-by": "pulumi",
                },
            });
            const expected = { type: "git", url: settings.url, project: "agent", ...data };
            expect(unwrapSecret(inputs.data)).to.deep.equal(
                Object.fromEntries(Object.entries(expected).map(([entry, value]) => [entry, encode(String(value))])),
            );
        });
    }

    it("is none by default", async () => {
        await bringUpHub({});
        const names = all("kubernetes:core/v1:Secret").map((secret) => secret.name);
        expect(names).to.have.members(["argocd-admin-password-set", "argocd-notifications", "argocd-redis", "argocd-secret", "in-cluster-secret"]);
    });
});

describe("webhooks and known hosts", () => {
    it("puts webhook secrets where Argo CD reads them, and nowhere else", async () => {
        const webhooks = { github: "a", gitlab: "b", bitbucket: "c", bitbucketServer: "d", gogs: "e" };
        const { settings } = await bringUpHub({ webhooks });
        expect(unwrapSecret(one("kubernetes:core/v1:Secret", "argocd-secret").inputs.data)).to.include({
            "webhook.github.secret": encode("a"),
            "webhook.gitlab.secret": encode("b"),
            "webhook.bitbucket.uuid": encode("c"),
            "webhook.bitbucketserver.secret": encode("d"),
            "webhook.gogs.secret": encode("e"),
        });
        expect(JSON.stringify(argoCdValues({ settings, serviceMonitors: false }))).not.to.include("webhook.");
    });

    it("knows more SSH hosts than the chart's", async () => {
        const knownHosts = "# ours\ngit.example.com ssh-ed25519 AAAA\n";
        const values = argoCdValues({ settings: (await bringUpHub({ knownHosts })).settings, serviceMonitors: false });
        expect(values).to.have.nested.property("configs.ssh.extraHosts", knownHosts);
        const none = argoCdValues({ settings: (await bringUpHub({})).settings, serviceMonitors: false });
        expect(none).not.to.have.nested.property("configs.ssh");
    });
});
