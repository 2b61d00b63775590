import { expect } from "chai";
import fc from "fast-check";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { applicationsOf } from "../../clusters/applications";
import { isOfCluster } from "../../clusters/registrations";
import { parseSettings } from "../../settings";
import { argoCdName, nameNormalized } from "../../settings/argoCdName";
import { registeredIn } from "../../scripts/support/registered";
import { registerClusters } from "./support/register";
import { one, settled, unwrapSecret, encode } from "./support/mocks";
import { mockPulumi } from "./support/mocks";
import { registration } from "./support/registration";

/** An API server that answers everything with one object. */
async function serving(answer: object) {
    const server = http.createServer((_, response) => void response.end(JSON.stringify(answer))).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { address: { setting: "hub", server: url, tls: {}, user: {} }, close: () => server.close() };
}

describe("a cluster's name in Argo CD", () => {
    // The first two are Argo CD's own (applicationset/generators/cluster_test.go).
    const cases = {
        "production_01/west": "production-01-west",
        "staging-01": "staging-01",
        "arn:aws:eks:eu-west-1:123456789012:cluster/prod": "arn-aws-eks-eu-west-1-123456789012-cluster-prod",
        gke_project_zone_name: "gke-project-zone-name",
        "user@context": "user-context",
        "api.prod.example.com": "api.prod.example.com",
        "Prod.": "prod",
    };
    for (const [name, normalized] of Object.entries(cases)) {
        it(`names the Application of ${name}`, () => expect(nameNormalized(name)).to.equal(normalized));
    }

    it("is the same afterwards where it is a DNS name, so that nothing that stands is renamed", () => {
        fc.assert(
            fc.property(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/), (name) => {
                expect(nameNormalized(name)).to.equal(name);
            }),
        );
    });

    it("is a DNS name afterwards, or refused", () => {
        fc.assert(
            fc.property(fc.string({ maxLength: 300 }), (name) => {
                if (argoCdName.safeParse(name).success) {
                    expect(`agent-${nameNormalized(name)}`).to.match(/^(?=.{1,253}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
                }
            }),
        );
    });

    it("collides with another in one stack, and with one on the hub", () => {
        const labels = { region: "eu-west-1" };
        const clusters = {
            prod: { context: "a", labels },
            other: { context: "b", labels, name: "PROD" },
        };
        const parse = () => parseSettings({ role: "environment", environment: "prod", hub: { context: "hub" }, clusters });
        expect(parse).to.throw(/clusters\.other\.name: the Applications of prod and other would both be agent-prod/);
        const registered = registration({ cluster: "a:b", server: "https://a.example.com" });
        expect(isOfCluster(registered, { name: "a/b", server: "https://b.example.com" })).to.equal(true);
        expect(isOfCluster(registered, { name: "a.b", server: "https://b.example.com" })).to.equal(false);
    });

    it("is in the cluster Secret, and the key in the stack file beside it", async () => {
        await mockPulumi();
        const name = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";
        registerClusters("prod", { prod: { context: "prod", name, labels: { region: "eu-west-1" } } });
        await settled();
        const { metadata, data } = one("kubernetes:core/v1:Secret", "prod-cluster-secret").inputs;
        expect(metadata).to.include({ name: "cluster-prod" });
        expect(metadata).to.have.nested.property("labels.hubspoke/cluster", "prod");
        expect(unwrapSecret(data)).to.include({ name: encode(name) });
        for (const kind of ["drain", "connection"]) {
            const { inputs } = one(`pulumi-nodejs:dynamic/hubspoke:${kind}`, `prod-${kind}`);
            expect(inputs, kind).to.include({ cluster: "prod", argoCdName: name });
        }
    });

    const arn = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";

    it("selects the Applications that name the cluster; the key in the stack file selects none", async () => {
        const of = (name: string) => ({ metadata: { name: `on-${name}` }, spec: { destination: { name, namespace: "a" } } });
        const hub = await serving({ items: [of(arn), of("prod")] });
        try {
            const prod = registration({ cluster: "prod", argoCdName: arn });
            const found = await applicationsOf(hub.address, "argocd", prod);
            expect(found.map(({ metadata }) => metadata.name)).to.deep.equal([`on-${arn}`]);
        } finally {
            hub.close();
        }
    });

    it("is read from the state by the commands for a lost or broken cluster", () => {
        const resource = (name: string, outputs: Record<string, unknown>) => {
            return { urn: `urn:pulumi:prod::hubspoke::x::${name}`, type: "x", outputs };
        };
        const of = (outputs: Record<string, unknown>) => {
            const state = { version: 3, deployment: { resources: [resource("prod-drain", outputs)] } };
            return registeredIn(state, { settings: { clusters: {} }, namespace: "argocd" }, "prod");
        };
        expect(of({ argoCdName: arn, server: "https://a" })).to.include({ cluster: "prod", argoCdName: arn });
        expect(of({ server: "https://a" })).to.include({ cluster: "prod", argoCdName: "prod" });
    });
});
