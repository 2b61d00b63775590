import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { stringify } from "yaml";
import { guard } from "../../dynamic/guard";
import { bringUpHub } from "./support/hub";
import { one, unwrapSecret } from "./support/mocks";
import { closedPort } from "./support/failure";

/** Brings a hub up under mocks, and tells the names of what is protected. */
async function protectedBy(more: Record<string, unknown>): Promise<string[]> {
    const resources: [name: string, resource: pulumi.Resource][] = [];
    const remember: pulumi.ResourceTransformation = ({ name, resource }) => {
        resources.push([name, resource]);
        return undefined;
    };
    await bringUpHub(more, { transformations: [remember] });
    return resources
        .filter(([, resource]) => (resource as { __protect?: boolean }).__protect && "id" in resource)
        .map(([name]) => name)
        .sort();
}

describe("protection from a destroy", () => {
    const everything = [
        "agent-applicationset-applicationset",
        "agent-project-appproject",
        "argocd-namespace",
        "argocd-redis",
        "argocd-release",
        "hub-guard",
    ];
    const cases: [name: string, settings: Record<string, unknown>, expected: string[]][] = [
        ["a hub", {}, everything],
        ["no lab", { lab: "true" }, []],
        ["a lab that asks for it", { lab: true, protect: "true" }, everything],
        ["no hub that says so", { protect: false }, []],
    ];
    for (const [name, settings, expected] of cases) {
        it(`covers ${name}`, async () => {
            expect(await protectedBy(settings)).to.deep.equal(expected);
        });
    }
});

describe("the guard of the hub", () => {
    it("knows the hub and its stack, and keeps a kubeconfig secret", async () => {
        await protectedBy({ cluster: { kubeconfig: "hunter2" } });
        const { inputs } = one("pulumi-nodejs:dynamic/hubspoke:guard", "hub-guard");
        expect(inputs).to.deep.include({
            namespace: "argocd",
            stack: "organization/hubspoke/hub",
        });
        expect(unwrapSecret(inputs.hub)).to.deep.equal({ kubeconfig: "hunter2" });
        expect(JSON.stringify(inputs.__provider)).not.to.include("hunter2");
    });

    it("is not replaced, and so not deleted, when the line that loads its code changes", async () => {
        const ignored: (string[] | undefined)[] = [];
        const remember: pulumi.ResourceTransformation = ({ name, opts }) => {
            if (name === "hub-guard") {
                ignored.push((opts as pulumi.CustomResourceOptions).ignoreChanges);
            }
            return undefined;
        };
        await bringUpHub({}, { transformations: [remember] });
        expect(ignored).to.deep.equal([["__provider"]]);
    });

    it("refuses if the hub does not answer, and names its address and the remedy", async function () {
        this.timeout(20_000);
        const port = await closedPort();
        const kubeconfig = stringify({
            clusters: [{ name: "hub", cluster: { server: `https://127.0.0.1:${port}` } }],
            users: [{ name: "hub", user: { token: "hunter2" } }],
            contexts: [{ name: "hub", context: { cluster: "hub", user: "hub" } }],
        });
        const state = { hub: { context: "hub", kubeconfig }, namespace: "argocd", stack: "a" };
        const message = await guard.delete!("guard", state).then(
            () => "it allowed it",
            (error: Error) => error.message,
        );
        expect(message).to.match(/cannot read the registered clusters .*: .*https:.*ECONNREFUSED.*state delete/);
        expect(message).not.to.include("hunter2");
    });
});
