import { expect } from "chai";
import { isInCluster, isLeftAlone, isOfCluster, registrations, sameServer } from "../../clusters/registrations";
import { objectStore } from "./support/objectStore";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("the clusters that are registered on the hub", () => {
    it("are those with Argo CD's label, each with what its Secret says", async () => {
        const label = { "argocd.argoproj.io/secret-type": "cluster" };
        const folder = "api/v1/namespaces/argocd/secrets";
        const labels = { ...label, "hubspoke/cluster": "prod", deploy: "true" };
        const annotations = { "hubspoke/stack": "organization/hubspoke/prod", domain: "prod.example.com" };
        const created = "2026-01-01T12:00:00Z";
        const hub = await objectStore({
            [`${folder}/cluster-prod`]: {
                metadata: { name: "cluster-prod", creationTimestamp: created, labels, annotations },
                data: { name: base64("arn-prod"), server: base64("https://prod.example.com") },
            },
            [`${folder}/by-hand`]: {
                metadata: { name: "by-hand", creationTimestamp: created, labels: label },
                data: { name: base64("hand"), server: base64("https://hand.example.com") },
            },
            [`${folder}/empty`]: { metadata: { name: "empty", creationTimestamp: created, labels: label } },
            [`${folder}/repository`]: { metadata: { name: "repository", labels: { "argocd.argoproj.io/secret-type": "repository" } } },
        });
        try {
            const none = { stack: undefined, domain: undefined, labels: label, annotations: {}, created };
            expect(await registrations(hub.address, "argocd")).to.deep.equal([
                {
                    ...{ secret: "cluster-prod", cluster: "prod", argoCdName: "arn-prod", server: "https://prod.example.com" },
                    ...{ stack: "organization/hubspoke/prod", domain: "prod.example.com", labels, annotations, created },
                },
                { secret: "by-hand", cluster: "hand", argoCdName: "hand", server: "https://hand.example.com", ...none },
                { secret: "empty", cluster: "", argoCdName: "", server: "", ...none },
            ]);
        } finally {
            await hub.close();
        }
    });

    it("are of a cluster by its URL, or by a name that Argo CD writes alike", () => {
        const registration = { argoCdName: "Prod_EU", server: "https://prod.example.com" };
        const is = (name: string, server: string) => isOfCluster(registration, { name, server });
        expect(is("other", "https://PROD.example.com:443/")).to.equal(true);
        expect(is("prod-eu", "https://other.example.com")).to.equal(true);
        expect(is("prod", "https://other.example.com")).to.equal(false);
    });

    for (const [value, isLeft] of [
        ["true", true], ["True", true], ["1", true], ["t", true], ["T", true], ["false", false], ["0", false], ["yes", false],
        ["", false], [undefined, false],
    ] as const) {
        it(`are ${isLeft ? "left alone" : "worked on"} by Argo CD with the annotation ${value ?? "missing"}`, () => {
            const annotations = value === undefined ? {} : { "argocd.argoproj.io/skip-reconcile": value };
            expect(isLeftAlone({ annotations } as never)).to.equal(isLeft);
        });
    }
});

describe("the URL of an API server", () => {
    for (const [url, isOwn] of [
        ["https://kubernetes", true], ["https://kubernetes.default", true], ["https://kubernetes.default.svc", true],
        ["https://kubernetes.default.svc:443/", true], ["https://kubernetes.default.svc.cluster.local", true],
        ["https://kubernetes.default.svc.example.com.", true], ["https://kubernetes.", true],
        ["https://kubernetes.example.com", false], ["https://my-kubernetes", false], ["https://kubernetes.default.svcx", false],
        ["https://kubernetes.defaultx", false], ["kubernetes", false],
    ] as const) {
        it(`${isOwn ? "leads" : "does not lead"} each program to its own cluster: ${url}`, () => {
            expect(isInCluster(url)).to.equal(isOwn);
        });
    }

    it("is compared as text where it is no URL", () => {
        expect(sameServer("a", "a")).to.equal(true);
        expect(sameServer("a", "b")).to.equal(false);
        expect(sameServer("http://a.example.com", "https://a.example.com")).to.equal(false);
        expect(sameServer("https://a.example.com//", "https://a.example.com")).to.equal(true);
        expect(sameServer("https://a.example.com/x/y", "https://a.example.com/xy")).to.equal(false);
    });
});
