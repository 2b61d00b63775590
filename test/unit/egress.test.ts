import { expect } from "chai";
import { egressPolicies } from "../../components/argoCd/egress";
import { clusterTargets, cutOff, ownTargets, refuseCutOff } from "../../preflight/egress";
import type { EgressSettings } from "../../settings/egress";
import { bringUpHub, hubSettings } from "./support/hub";
import { all } from "./support/mocks";
import { objectStore } from "./support/objectStore";
import { registration } from "./support/registration";

const least = { hub: [{ cidr: "10.0.0.0/16" }], git: [{ cidr: "203.0.113.0/24", ports: [443] }] };

function egressOf(more: object = {}): NonNullable<EgressSettings> {
    const { egress } = hubSettings({ egress: { ...least, ...more } });
    return egress!;
}

type Policies = ReturnType<typeof egressPolicies>;

/** The networks that a component reaches by a port. */
function reached(policies: Policies, component: string, port: number): string[] {
    const policy = policies.find(({ spec }) => spec.podSelector.matchLabels["app.kubernetes.io/name"] === component);
    const rules = (policy?.spec.egress ?? []).filter((rule) => "ports" in rule && rule.ports.some((each) => each.port === port));
    return rules.flatMap(({ to }) => to.flatMap((peer) => ("ipBlock" in peer ? [peer.ipBlock.cidr] : [])));
}

describe("the limits of Argo CD's outgoing connections", () => {
    it("are none by default", async () => {
        await bringUpHub({});
        const policies = all("kubernetes:networking.k8s.io/v1:NetworkPolicy");
        expect(policies.map(({ name }) => name).filter((name) => name.includes("egress"))).to.deep.equal([]);
    });

    it("give each component what it needs, and the repo server no API server", () => {
        const policies = egressPolicies("argocd", {
            ...egressOf({
                clusters: [{ cidr: "10.9.0.0/16", ports: [6443] }],
                signOn: [{ cidr: "198.51.100.1/32" }],
                identity: [{ cidr: "198.51.100.2/32" }],
                notifications: [{ cidr: "198.51.100.3/32" }],
            }),
        });
        expect(policies).to.have.length(5);
        expect(reached(policies, "argocd-repo-server", 443)).to.deep.equal(["203.0.113.0/24"]);
        expect(reached(policies, "argocd-repo-server", 6443)).to.deep.equal([]);
        expect(reached(policies, "argocd-application-controller", 443)).to.deep.equal(["10.0.0.0/16", "198.51.100.2/32"]);
        expect(reached(policies, "argocd-application-controller", 6443)).to.deep.equal(["10.0.0.0/16", "10.9.0.0/16"]);
        const ofServer = ["10.0.0.0/16", "198.51.100.2/32", "198.51.100.1/32"];
        expect(reached(policies, "argocd-server", 443)).to.deep.equal(ofServer);
        expect(reached(policies, "argocd-applicationset-controller", 443)).to.deep.equal(["10.0.0.0/16"]);
        const ofNotifications = ["10.0.0.0/16", "198.51.100.3/32"];
        expect(reached(policies, "argocd-notifications-controller", 443)).to.deep.equal(ofNotifications);
    });

    it("leave DNS and the pods of the namespace open to all of them, and nothing else", () => {
        for (const { metadata, spec } of egressPolicies("argocd", egressOf({ dns: [{ cidr: "10.0.0.10/32", ports: [5353] }] }))) {
            const [inside, dns] = spec.egress;
            expect(inside, metadata.name).to.deep.equal({ to: [{ podSelector: {} }] });
            const ports = [{ protocol: "UDP", port: 5353 }, { protocol: "TCP", port: 5353 }];
            expect(dns, metadata.name).to.deep.equal({ to: [{ ipBlock: { cidr: "10.0.0.10/32" } }], ports });
            expect(spec.policyTypes).to.deep.equal(["Egress"]);
        }
    });

    it("are on the hub, in Argo CD's namespace", async () => {
        await bringUpHub({ egress: least });
        const names = all("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ name, inputs }) => [name, inputs.metadata]);
        expect(names).to.deep.include([
            "egress-argocd-repo-server-egress",
            { name: "argocd-repo-server-egress", namespace: "argocd" },
        ]);
    });

    const noNetworks = ["10.0.0.0/", "10.0.0.0/08", "10.0.0.0/x8", "10.0.0.0/8x", "10.0.0.0/8/8", "::/129", "/8", "a/0"];
    const refused: [name: string, more: object, error: RegExp][] = [
        ["no network", { egress: { ...least, git: [] } }, /hubspoke:egress.git: names no destination/],
        ["a host", { egress: { ...least, git: [{ cidr: "github.com" }] } }, /egress.git.0.cidr: is not a network in CIDR notation/],
        ...noNetworks.map((cidr): [string, object, RegExp] => [
            cidr,
            { egress: { ...least, git: [{ cidr }] } },
            /egress.git.0.cidr: is not a network in CIDR notation/,
        ]),
        ["a prefix that is too long", { egress: { ...least, git: [{ cidr: "10.0.0.0/33" }] } }, /is not a network/],
        ["no prefix", { egress: { ...least, git: [{ cidr: "10.0.0.1" }] } }, /is not a network/],
        ["a port that does not exist", { egress: { ...least, git: [{ cidr: "::/0", ports: [0] }] } }, /ports.0: must be at least 1/],
        [
            "single sign-on out of reach",
            { egress: least, access: { oidc: { issuer: "https://login.example.com", clientId: "argocd", clientSecret: "s" } } },
            /hubspoke:egress.signOn: is missing, and access.oidc is set/,
        ],
        [
            "a cloud's identity out of reach",
            { egress: least, identity: { aws: {} } },
            /hubspoke:egress.identity: is missing, and identity is set/,
        ],
        [
            "receivers of notifications out of reach",
            { egress: least, alerts: { notifications: { slack: { token: "t", channels: { ops: {} } } } } },
            /hubspoke:egress.notifications: is missing, and alerts.notifications is set/,
        ],
    ];
    for (const [name, more, error] of refused) {
        it(`are refused with ${name}`, () => expect(() => hubSettings(more)).to.throw(error));
    }
});

describe("the preview of limited connections", () => {
    const own = ownTargets({ endpoints: [{ addresses: ["10.0.3.4"] }, { addresses: ["fd00::4"] }], ports: [{ port: 6443 }] });
    const registered = (server: string) => ({
        secret: "cluster-prod", cluster: "prod", argoCdName: "prod", server, stack: undefined, domain: undefined,
        labels: {}, annotations: {}, created: "2026-01-01T00:00:00Z",
    });

    it("refuses to cut Argo CD off from the hub's own API server", () => {
        expect(cutOff(egressOf(), own, [])).to.deep.equal([
            "hubspoke:egress.hub: does not contain fd00::4 with port 6443, which is an endpoint of the hub's own API server. " +
                "Argo CD could not connect to it. Add that network and port",
        ]);
        expect(cutOff(egressOf({ hub: [{ cidr: "10.0.0.0/16", ports: [443] }] }), own, [])).to.have.length(2);
        expect(cutOff(egressOf({ hub: [{ cidr: "10.0.0.0/16" }, { cidr: "fd00::/64" }] }), own, [])).to.deep.equal([]);
        expect(ownTargets(undefined)).to.deep.equal([]);
    });

    it("refuses to cut it off from a registered cluster whose URL has an address", () => {
        const problem = (server: string) => cutOff(egressOf({ clusters: [{ cidr: "10.9.0.0/16" }] }), [], clusterTargets([registered(server)]));
        expect(problem("https://10.9.1.1:6443")).to.deep.equal([]);
        expect(problem("https://10.9.1.1")).to.deep.equal([]);
        expect(problem("https://10.9.1.1:7443").join()).to.match(/egress.clusters: does not contain 10.9.1.1 with port 7443/);
        expect(problem("https://[fd00::9]:6443").join()).to.match(/does not contain fd00::9 .* the API server of prod/);
        // The name may lead elsewhere from the hub.
        expect(problem("https://api.prod.example.com")).to.deep.equal([]);
        expect(problem("https://kubernetes.default.svc")).to.deep.equal([]);
    });

    it("refuses them all at once, each on its line, and nothing without limits", async () => {
        const endpoints = "apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes";
        const hub = await objectStore({ [endpoints]: { endpoints: [{ addresses: ["192.0.2.1"] }], ports: [{ port: 6443 }, {}] } });
        const prod = [registration({ cluster: "prod", server: "https://[fd00::9]:6443" })];
        const refused = (egress: EgressSettings) =>
            refuseCutOff(egress, hub.address, prod).then(() => "", (error: Error) => error.message);
        const remedy = "Argo CD could not connect to it. Add that network and port";
        try {
            expect(await refused(egressOf())).to.equal(
                "hubspoke:egress.hub: does not contain 192.0.2.1 with port 6443, which is an endpoint of the hub's own API " +
                    `server. ${remedy}\n  hubspoke:egress.clusters: does not contain fd00::9 with port 6443, which is the API ` +
                    `server of prod. ${remedy}`,
            );
            expect(await refused(egressOf({ hub: [{ cidr: "192.0.2.0/24" }], clusters: [{ cidr: "fd00::/64" }] }))).to.equal("");
            expect(await refused(undefined)).to.equal("");
        } finally {
            await hub.close();
        }
    });

    it("looks neither for endpoints that are not there, nor at URLs that say nothing", () => {
        expect(ownTargets({ endpoints: null, ports: [{ port: 6443 }] })).to.deep.equal([]);
        expect(ownTargets({ endpoints: [{ addresses: ["10.0.0.1"] }], ports: null })).to.deep.equal([]);
        const names = ["", "prod", "https://kubernetes.default.svc", "https://prod.example.com"];
        expect(clusterTargets(names.map(registered))).to.deep.equal([]);
        expect(clusterTargets([registered("https://10.9.1.1")])).to.deep.equal([
            { address: "10.9.1.1", port: 443, what: "the API server of prod" },
        ]);
    });
});
