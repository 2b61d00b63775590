import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { type Config, namesOf, pulumi, pulumiOk, withConfig } from "./support/lab";

interface EndpointSlice {
    readonly endpoints: readonly { readonly addresses: readonly string[] }[];
    readonly ports: readonly { readonly port: number }[];
}

const hubUp = () => pulumiOk("hub", "up", "--yes", "--skip-preview");

/** Names of the policies that limit outgoing connections. */
async function limited(): Promise<string[]> {
    return (await namesOf("hub", "argocd", "networkpolicies")).filter((name) => name.endsWith("-egress"));
}

describe("limits of Argo CD's outgoing connections", () => {
    const git = [{ cidr: "127.0.0.1/32", ports: [443] }];
    const given = (hub: object, clusters: object) => (config: Config) => ({
        ...config,
        "hubspoke:egress": { hub: [hub], clusters: [clusters], git },
    });
    const everywhere = { cidr: "0.0.0.0/0" };

    it("are refused where they leave out the hub's own API server, or that of a registered cluster", async () => {
        const elsewhere = { cidr: "203.0.113.0/24" };
        const { ok, output } = await withConfig("hub", given(elsewhere, elsewhere), () => pulumi("hub", "preview"));
        expect(ok, output).to.equal(false);
        expect(output).to.match(/hubspoke:egress\.hub: does not contain [\d.]+ with port \d+, which is an endpoint of/);
        for (const cluster of ["staging", "prod", "dr"]) {
            expect(output).to.match(
                new RegExp(`hubspoke:egress\\.clusters: does not contain 127\\.0\\.0\\.1 .* the API server of ${cluster}`),
            );
        }
    });

    it("are policies that the hub accepts as they are, and that go with the setting", async () => {
        const get = ["get", "endpointslice", "kubernetes", "--namespace=default", "--output=json"];
        const { endpoints, ports } = JSON.parse(await kubectl("hub", get)) as EndpointSlice;
        const own = { cidr: `${endpoints[0]?.addresses[0]}/32`, ports: ports.map(({ port }) => port) };
        const servers = await kubectl("hub", ["config", "view", "--output=jsonpath={.clusters[*].cluster.server}"]);
        const all = { ...everywhere, ports: servers.split(" ").map((server) => Number(new URL(server).port)) };
        const settings = given(own, all);
        try {
            await withConfig("hub", settings, async () => {
                await hubUp();
                await pulumiOk("hub", "preview", "--expect-no-changes");
            });
            expect(await limited()).to.have.members([
                "argocd-application-controller-egress",
                "argocd-applicationset-controller-egress",
                "argocd-notifications-controller-egress",
                "argocd-repo-server-egress",
                "argocd-server-egress",
            ]);
        } finally {
            await hubUp();
        }
        expect(await limited()).to.deep.equal([]);
    });
});
