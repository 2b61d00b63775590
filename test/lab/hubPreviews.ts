import { expect } from "chai";
import { previewAndUp } from "./support/hubChanges";
import type { Config } from "./support/lab";

/** A change of each setting of the hub that a running hub may change. */
const changes: Config = {
    domain: "other.example.com",
    protect: "true",
    availability: "single",
    fleet: "medium",
    scale: { statusProcessors: 30 },
    access: { oidc: { issuer: "https://sso.example.com", clientId: "argocd", clientSecret: "hunter2-hunter2" } },
    metrics: { serviceMonitors: false },
    repositories: { agent: { url: "https://git.example.com/agent.git", token: "hunter2-hunter2" } },
    knownHosts: "git.example.com ssh-ed25519 AAAA\n",
    webhooks: { github: "hunter2-hunter2" },
    ingress: { kind: "ingress", class: "nginx" },
    syncWindows: { prod: [{ kind: "deny", schedule: "0 22 * * *", duration: "1h" }] },
    protectedEnvironments: ["prod"],
    previewers: { kind: "Group", name: "previewers" },
    alerts: { unreachableFor: "1m" },
    labels: { tier: "gold" },
};

describe("a preview of the hub with a changed setting", () => {
    for (const [setting, value] of Object.entries(changes)) {
        it(`announces what up then does, there and back: ${setting}`, async () => {
            const { there, back } = await previewAndUp({ [setting]: value });
            expect(there.done).to.deep.equal(there.announced);
            expect(back.done).to.deep.equal(back.announced);
        });
    }
});
