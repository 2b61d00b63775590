import { expect } from "chai";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { checkConnection, connectionOf } from "../../preflight/connection";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { closedPort } from "./support/failure";
import { encode } from "./support/mocks";
import { objectStore, type StoredObject } from "./support/objectStore";
import { told } from "./support/told";

const server = "https://prod.example.com";

function settingsOf(more: object = {}) {
    const clusters = { prod: { context: "prod", labels: { region: "eu" }, ...more } };
    const given = { role: "environment", environment: "staging", hub: { context: "hub" }, clusters };
    return (parseSettings(given) as EnvironmentSettings).clusters.prod!;
}

/** The connection that Argo CD will have to a cluster with these objects. */
async function connection(objects: Record<string, StoredObject>, more: object = {}) {
    const cluster = await objectStore(objects);
    try {
        return await connectionOf({ settings: settingsOf(more), server, user: cluster.address });
    } finally {
        await cluster.close();
    }
}

describe("Argo CD's connection to a cluster", () => {
    const published = { "api/v1/namespaces/default/configmaps/kube-root-ca.crt": { data: { "ca.crt": "PEM" } } };

    it("trusts the CA that the cluster publishes, and is unknown where that may not be read", async () => {
        const tls = { insecure: false, serverName: undefined, caData: encode("PEM") };
        expect(await connection(published)).to.deep.equal({ server, proxyUrl: undefined, tls });
        const [path = ""] = Object.keys(published);
        for (const answer of [{}, { [path]: {} }, { [path]: { kind: "Status", code: 403 } }]) {
            expect(await connection(answer)).to.equal(undefined);
        }
    });

    it("is as the settings say, with no look at the cluster", async () => {
        const proxyUrl = "http://proxy.example.com:3128";
        expect(await connection({}, { proxyUrl, tls: { ca: "system", serverName: "kube" } })).to.deep.equal({
            server, proxyUrl, tls: { insecure: false, serverName: "kube" },
        });
        expect(await connection({}, { tls: { insecureSkipTlsVerify: true } })).to.deep.equal({
            server, proxyUrl: undefined, tls: { insecure: true },
        });
        expect(await connection(published, { hubOnly: true })).to.equal(undefined);
    });
});

describe("a cluster that this machine cannot reach as Argo CD will", () => {
    const skip = { tls: { insecureSkipTlsVerify: true } };
    const warn = async (more: Partial<ClusterAddress>, settings: object = skip) => {
        const url = `https://127.0.0.1:${await closedPort()}`;
        const user = { setting: "clusters.prod", server: url, tls: {}, user: { token: "t" }, ...more };
        const lines = await told(() => checkConnection({ settings: settingsOf(settings), server: url, user }));
        return lines.map((line) => line.replaceAll(url, "URL"));
    };
    const because = (why: string) => [
        `warning: hubspoke:clusters.prod: this machine cannot reach URL as Argo CD will: ${why}. \`pulumi up\` waits until ` +
            "Argo CD itself is connected",
    ];

    it("is named in the preview, with what may be the reason", async () => {
        expect(await warn({})).to.deep.equal(because("only the hub may reach it in that way"));
        expect(await warn({ server })).to.deep.equal(
            because("the kubeconfig has another URL, and only the hub may reach this one"),
        );
        const proxy = `http://127.0.0.1:${await closedPort()}`;
        expect(await warn({ proxy })).to.deep.equal(
            because("the kubeconfig uses a proxy, and Argo CD would connect without one. If the hub needs it too, write `proxyUrl`"),
        );
        expect(await warn({ proxy }, { ...skip, proxyUrl: proxy })).to.deep.equal(because("only the hub may reach it in that way"));
    });
});
