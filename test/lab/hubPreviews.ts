import { expect } from "chai";
import { previewAndUp } from "./support/hubChanges";
import { type Config, pulumi, pulumiOk, withConfig } from "./support/lab";

/** What this test reads of `pulumi stack export`. */
interface Exported {
    readonly deployment: { readonly resources: readonly { readonly urn: string; readonly protect?: boolean }[] };
}

const up = ["up", "--yes", "--skip-preview"] as const;

/** A change of each setting of the hub that a running hub may change. */
const changes: Config = {
    domain: "other.example.com",
    availability: "single",
    fleet: "medium",
    scale: { statusProcessors: 30 },
    access: { oidc: { issuer: "https://sso.example.com", clientId: "argocd", clientSecret: "hunter2-hunter2" } },
    metrics: { serviceMonitors: true },
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
            expect(there.announced).not.to.deep.equal({});
            expect(there.done).to.deep.equal(there.announced);
            expect(back.announced).not.to.deep.equal({});
            expect(back.done).to.deep.equal(back.announced);
        });
    }

    // A flag of the engine's own, which no preview shows as an operation: what follows from it is the test.
    it("changes what `pulumi destroy` refuses, there and back: protect", async () => {
        const protectedNames = async () => {
            const { deployment } = JSON.parse(await pulumiOk("hub", "stack", "export")) as Exported;
            return deployment.resources.filter((one) => one.protect).map(({ urn }) => urn.split("::").at(-1));
        };
        expect(await protectedNames()).to.deep.equal([]);
        await withConfig("hub", (config) => ({ ...config, "hubspoke:protect": "true" }), () => pulumiOk("hub", ...up));
        try {
            expect(await protectedNames()).to.include.members(["argocd-release", "hub-guard"]);
            const { ok, output } = await pulumi("hub", "destroy", "--preview-only");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/cannot be deleted\s+because it is protected/);
        } finally {
            await pulumiOk("hub", ...up);
        }
        expect(await protectedNames()).to.deep.equal([]);
    });
});
