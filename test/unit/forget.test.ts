import { expect } from "chai";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";
import type { Application } from "../../clusters/applications";
import { forgetOptions } from "../../scripts/forget/options";
import { whatIsLeft } from "../../scripts/forget";
import { failureFromHere } from "../../scripts/forget/fromHere";
import { refuseUsersOn } from "../../scripts/forget/users";
import { viewOf } from "../../scripts/support/argoCdsView";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { hubApplications } from "./support/applications";
import { closedPort, failure } from "./support/failure";
import { hubSettings } from "./support/hub";
import { objectStore } from "./support/objectStore";

/** An environment with one cluster, prod, at that URL. */
function environment(server: string, user: object = { token: "t" }) {
    const kubeconfig = stringify({
        "current-context": "a",
        clusters: [{ name: "a", cluster: { server } }],
        users: [{ name: "a", user }],
        contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    });
    const settings = parseSettings({
        role: "environment",
        environment: "prod",
        hub: { context: "hub" },
        clusters: { prod: { kubeconfig, labels: { region: "eu" } } },
    }) as EnvironmentSettings;
    return { settings, stack: "prod" };
}

describe("npm run forget", () => {
    it("requires a stack and its clusters by name, and has no defaults", () => {
        const given = forgetOptions(["prod", "--cluster", "prod-us", "--cluster", "prod-eu", "--cluster", "prod-us"]);
        expect(given).to.deep.equal({ stack: "prod", clusters: ["prod-us", "prod-eu"], yes: false });
        expect(forgetOptions(["prod", "--cluster", "prod-us", "--yes"]).yes).to.equal(true);
        expect(() => forgetOptions(["prod"])).to.throw(/--cluster names no cluster of prod; usage: npm run forget/);
        expect(() => forgetOptions(["--cluster", "prod"])).to.throw(/name one stack/);
        expect(() => forgetOptions(["prod", "--clusters", "prod"])).to.throw(/usage/);
    });

    it("keeps the cluster to which the users' name points, whatever its own name is, and no other", async () => {
        const secret = (name: string, domain: string) => ({
            metadata: {
                name: `cluster-${name}`,
                labels: { "argocd.argoproj.io/secret-type": "cluster", "hubspoke/cluster": name },
                annotations: { domain },
            },
        });
        const refused = async (target: string, names: Record<string, string>, cluster: string) => {
            const hub = await objectStore({
                "api/v1/namespaces/argocd/secrets/cluster-prod": secret("prod", "prod.example.com"),
                "api/v1/namespaces/argocd/secrets/cluster-dr": secret("dr", "dr.example.com"),
                "apis/externaldns.k8s.io/v1alpha1/namespaces/argocd/dnsendpoints/agent": {
                    spec: { endpoints: [{ targets: [target] }] },
                },
            });
            const { domain, traffic } = hubSettings({ traffic: { active: "prod", names } });
            try {
                return await refuseUsersOn({ hub: hub.address }, { domain, traffic }, [cluster]).catch(String);
            } finally {
                await hub.close();
            }
        };
        const kept = /--cluster prod: the users' name points to it.*npm run failover/;
        expect(await refused("agent.prod.example.com", {}, "prod")).to.match(kept);
        expect(await refused("edge.example.net", { prod: "edge.example.net" }, "prod")).to.match(kept);
        expect(await refused("agent.prod.example.com", {}, "dr")).to.equal(undefined);
        expect(await refused("edge.example.net", { dr: "edge.example.net" }, "prod")).to.equal(undefined);
    });

    it("names what is left on a lost cluster, with the bindings of its kind of identity", () => {
        const left = (more: object) => {
            const prod = { context: "p", labels: { region: "eu" }, permissions: { scope: "cluster", admin: true }, ...more };
            const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters: { prod } };
            return whatIsLeft({ settings: parseSettings(given) as EnvironmentSettings, applications: hubApplications() }, "prod");
        };
        const command = "kubectl --context p delete clusterrole,clusterrolebinding argocd-manager";
        expect(left({})).to.include(`${command} --ignore-not-found`);
        expect(left({ credentials: { type: "federated" } })).to.include(`${command} argocd-manager-federated --ignore`);
    });

    it("treats a refused connection as a network failure", async () => {
        const seen = await failureFromHere(environment(`https://127.0.0.1:${await closedPort()}`), "prod");
        expect(seen).to.match(/clusters\.prod: the API server https:\S+ cannot be reached/);
    });

    it("keeps a cluster whose exec plugin is missing, or fails", async () => {
        const nowhere = `https://127.0.0.1:${await closedPort()}`;
        const exec = { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never" };
        for (const command of ["no-such-plugin", "false"]) {
            const user = { exec: { ...exec, command } };
            expect(await failure(failureFromHere(environment(nowhere, user), "prod"))).to.match(
                /^it is unknown whether prod is lost, so it is kept: .*exec plugin/,
            );
        }
    });

    it("keeps a cluster if a server answers with an unverified certificate", async () => {
        const server = http.createServer((_, response) => void response.end()).listen(0, "127.0.0.1");
        await new Promise((resolve) => server.once("listening", resolve));
        try {
            const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
            expect(await failure(failureFromHere(environment(url), "prod"))).to.match(/^it is unknown whether prod is lost/);
        } finally {
            await new Promise((resolve) => server.close(resolve));
        }
    });
});

describe("Argo CD's view of a cluster", () => {
    const since = Date.parse("2026-01-01T12:00:00Z");
    const compared = (reconciledAt: string, ...messages: string[]): Application => ({
        metadata: { name: "agent-prod" },
        status: { reconciledAt, conditions: messages.map((message) => ({ type: "ComparisonError", message })) },
    });
    const unread = "Failed to load live state: failed to get cluster info for https://x: error synchronizing cache state : ";

    it("is the result of a comparison after the request", () => {
        expect(viewOf(compared("2026-01-01T11:59:59Z"), since)).to.equal(undefined);
        expect(viewOf({ metadata: { name: "agent-prod" } }, since)).to.equal(undefined);
        expect(viewOf(compared("2026-01-01T12:00:00Z"), since)?.says).to.equal("reached");
    });

    for (const [says, ...messages] of [
        ["lost", `${unread}Get "https://x/version": dial tcp 127.0.0.1:1: connect: connection refused`],
        ["lost", `${unread}Get "https://x/version": dial tcp 10.0.0.1:6443: i/o timeout`],
        ["lost", `${unread}Get "https://x/version": dial tcp: lookup x: no such host`],
        ["lost", "Failed to load target state: it", `${unread}Get "https://x": net/http: TLS handshake timeout`],
        ["refused", `${unread}the server has asked for the client to provide credentials`],
        ["refused", `${unread}tls: failed to verify certificate: x509: certificate signed by unknown authority`],
        ["refused", "Failed to load target state: connection refused", `${unread}the server has asked for credentials`],
        ["reached", "Failed to load target state: failed to generate manifest: connection refused"],
    ] as const) {
        it(`is "${says}" for ${messages.at(-1)?.replace(unread, "… ")}`, () => {
            expect(viewOf(compared("2026-01-01T12:00:01Z", ...messages), since)?.says).to.equal(says);
        });
    }

    it("is unknown from an Application that Argo CD does not compare", () => {
        const invalid = { type: "InvalidSpecError", message: "application destination is not permitted" };
        const status = { reconciledAt: "2026-01-01T12:00:01Z", conditions: [invalid] };
        expect(viewOf({ metadata: { name: "agent-prod" }, status }, since)).to.equal(undefined);
    });
});
