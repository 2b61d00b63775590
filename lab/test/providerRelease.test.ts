import { expect } from "chai";
import { ApiServer } from "../providers/kubernetes/cluster/apiServer";
import type { Cluster } from "../providers/kubernetes/cluster/cluster";
import { Discovery } from "../providers/kubernetes/cluster/discovery";
import { Objects } from "../providers/kubernetes/cluster/objects";
import { ReleaseProvider } from "../providers/kubernetes/helm/release";
import { releaseState } from "../providers/kubernetes/helm/state";
import { parseRelease } from "../providers/kubernetes/helm/status";
import { readSettings } from "../providers/kubernetes/settings";
import { InitFailedError } from "../providers/plugin/errors";
import { secret, withoutSecrets, type PropertyMap } from "../providers/plugin/values";
import { FakeHelm } from "./support/fakeHelm";

const inputs: PropertyMap = {
    name: "demo",
    namespace: "apps",
    chart: "demo",
    version: "0.1.0",
    timeout: 60,
    values: { password: secret("hidden"), a: "1" },
};

/** Revision of the release as `helm status` and `helm get metadata` tell it. */
const answersOf = (revision: number) => ({
    status: {
        output: JSON.stringify({
            name: "demo",
            namespace: "apps",
            version: revision,
            info: { status: "deployed" },
            config: { password: "hidden", a: "1" },
            manifest: "",
        }),
    },
    get: { output: JSON.stringify({ chart: "demo", version: "0.1.0", appVersion: "7" }) },
});
const state = releaseState(inputs, parseRelease(answersOf(1).status.output, answersOf(1).get.output));
const resource = { urn: "urn:pulumi:s::p::kubernetes:helm.sh/v3:Release::demo", id: "apps/demo" };

/** A cluster that is there as long as nobody asks it: the fake helm does not. */
function silentCluster(): Cluster {
    const address = { setting: "a", server: "http://127.0.0.1:9", tls: {}, user: {} };
    const api = new ApiServer(address, new AbortController().signal);
    const discovery = new Discovery(api);
    return {
        reachable: true,
        access: { address, namespace: "default" },
        api,
        discovery,
        objects: new Objects(api, discovery),
    };
}

function provider(cluster: Cluster, settings: Record<string, string> = {}): ReleaseProvider {
    const ignore = () => undefined;
    return new ReleaseProvider({
        settings: readSettings(new Map(Object.entries(settings)), {}),
        cluster,
        log: { info: ignore, warn: ignore, status: ignore },
        signal: new AbortController().signal,
        defined: new Map(),
    });
}

async function failure(attempt: Promise<unknown>): Promise<Error> {
    const error: unknown = await attempt.then(
        () => undefined,
        (thrown: unknown) => thrown,
    );
    if (!(error instanceof Error)) {
        throw new Error("it went through");
    }
    return error;
}

describe("lab provider: Helm releases", () => {
    const release = provider(silentCluster());
    const read = (properties: PropertyMap) => release.read({ ...resource, properties, inputs });
    const upgrade = () =>
        release.update({
            ...resource,
            olds: state,
            news: { ...inputs, values: { a: "2" } },
            timeout: 0,
            ignoreChanges: [],
            preview: false,
        });
    let helm: FakeHelm;

    before(() => (helm = new FakeHelm()));
    after(() => helm.remove());

    it("keep their secret values secret when they are read", async () => {
        helm.answer(answersOf(1));
        expect(await read(state)).to.deep.equal({ id: "apps/demo", properties: state, inputs });
    });

    it("are imported with the values that Helm has", async () => {
        helm.answer(answersOf(1));
        const { values } = (await read({})).inputs;
        expect(values).to.deep.equal(withoutSecrets(inputs.values ?? null));
    });

    it("cannot be deleted if they no longer exist, until they are read", async () => {
        const reason = "uninstall: Release not loaded: demo: release: not found";
        helm.answer({ uninstall: { error: `Error: ${reason}` } });
        const { message } = await failure(release.delete({ ...resource, properties: state, timeout: 0 }));
        expect(message).to.equal(reason);
        const gone = { error: "Error: release: not found" };
        helm.answer({ status: gone, get: gone });
        expect((await read(state)).id).to.equal("");
    });

    it("stay unchanged in the state if an upgrade created no revision, for example if its template fails", async () => {
        const broken = { upgrade: { error: "Error: UPGRADE FAILED: execution error at (demo/t.yaml:1:3): no" } };
        helm.answer({ ...answersOf(1), ...broken });
        const error = await failure(upgrade());
        expect(error).not.to.be.instanceOf(InitFailedError);
        expect(error.message).to.contain("execution error at (demo/t.yaml:1:3): no");
    });

    it("are written to the state if an upgrade failed after its revision was created", async () => {
        const late = { upgrade: { error: "Error: UPGRADE FAILED: context deadline exceeded" } };
        helm.answer({ ...answersOf(2), ...late });
        const error = await failure(upgrade());
        expect(error).to.be.instanceOf(InitFailedError);
        expect((error as InitFailedError).properties.status).to.deep.include({ revision: 2 });
    });

    it("report Helm's error for a chart that cannot be downloaded", async () => {
        helm.answer({ show: { error: 'Error: path "./nowhere" not found' } });
        const { failures } = await release.check({
            urn: resource.urn,
            olds: {},
            news: { chart: "./nowhere" },
            randomSeed: new Uint8Array(),
        });
        const reason = 'path "./nowhere" not found; check the chart name and repository configuration.';
        expect(failures).to.deep.equal([{ property: "chart", reason }]);
    });
});

describe("lab provider: Helm releases of a cluster that cannot be reached", () => {
    const unreachable: Cluster = { reachable: false, reason: "connection refused" };
    const read = (settings: Record<string, string>) =>
        provider(unreachable, settings).read({ ...resource, properties: state, inputs });

    it("are read from the state if the provider is set so", async () => {
        const known = { id: "apps/demo", properties: state, inputs };
        expect(await read({ skipUpdateUnreachable: "true" })).to.deep.equal(known);
    });

    it("are removed from the state if the provider is set so, and otherwise are an error", async () => {
        expect((await read({ deleteUnreachable: "true", skipUpdateUnreachable: "true" })).id).to.equal("");
        expect((await failure(read({}))).message).to.match(
            /^failed to read resource state due to unreachable cluster\. .*PULUMI_K8S_DELETE_UNREACHABLE/,
        );
    });
});
