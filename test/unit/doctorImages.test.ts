import { expect } from "chai";
import { checkImage, imagesIn, parseImage } from "../../scripts/doctor/images";
import { closedPort } from "./support/failure";
import { openRegistry, type Registry } from "../support/registry";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("the name of an image", () => {
    const cases: [string, string, string, string][] = [
        ["redis", "registry-1.docker.io", "library/redis", "latest"],
        ["redis:8.2", "registry-1.docker.io", "library/redis", "8.2"],
        ["docker.io/library/redis:8.2", "registry-1.docker.io", "library/redis", "8.2"],
        ["example/agent:v1", "registry-1.docker.io", "example/agent", "v1"],
        ["ghcr.io/example/agent:1.0.0", "ghcr.io", "example/agent", "1.0.0"],
        ["localhost:5000/agent", "localhost:5000", "agent", "latest"],
        ["127.0.0.1:5000/a/b:c", "127.0.0.1:5000", "a/b", "c"],
        [`quay.io/argoproj/argocd:v3@${digest}`, "quay.io", "argoproj/argocd", digest],
        [`quay.io/argoproj/argocd@${digest}`, "quay.io", "argoproj/argocd", digest],
    ];
    for (const [image, registry, repository, reference] of cases) {
        it(`is read as a container runtime does: ${image}`, () => {
            expect(parseImage(image)).to.deep.equal({ registry, repository, reference });
        });
    }

    it("is found in every pod template, once", () => {
        const pod = { initContainers: [{ image: "a" }], containers: [{ image: "b" }, { image: "a" }, { name: "none" }] };
        const job = { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: "c" }] } } } } } };
        expect(imagesIn([{ spec: { template: { spec: pod } } }, job, { data: { image: "no image" } }])).to.deep.equal(["a", "b", "c"]);
    });
});

describe("a registry", () => {
    let registry: Registry;
    before(async () => (registry = await openRegistry(["agent:1.0.0", `agent@${digest}`], ["private"])));
    after(() => registry.close());

    it("is asked for the manifest, with a token for everyone", async () => {
        expect((await checkImage(`${registry.host}/agent:1.0.0`)).level).to.equal("ok");
        expect(registry.asked).to.deep.equal(["/v2/agent/manifests/1.0.0", "/token", "/v2/agent/manifests/1.0.0 with token"]);
        expect((await checkImage(`${registry.host}/agent:1.0.0@${digest}`)).level).to.equal("ok");
    });

    it("that has no such tag is a failure", async () => {
        const { level, text } = await checkImage(`${registry.host}/agent:9.9.9`);
        expect(level).to.equal("fail");
        expect(text).to.include(`${registry.host} has no such manifest`);
    });

    it("that wants a login was not checked", async () => {
        const { level, remedy } = await checkImage(`${registry.host}/private:1.0.0`);
        expect({ level, remedy }).to.deep.equal({ level: "unknown", remedy: "Give the pods a pull secret" });
    });

    it("that does not answer was not checked", async () => {
        const { level, text } = await checkImage(`127.0.0.1:${await closedPort()}/agent:1.0.0`);
        expect(level).to.equal("unknown");
        expect(text).to.match(/cannot be reached from here \(connect ECONNREFUSED/);
    });
});
