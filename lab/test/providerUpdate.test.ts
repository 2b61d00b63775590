import { expect } from "chai";
import { connect } from "../providers/kubernetes/cluster/cluster";
import { toState } from "../providers/kubernetes/model/checkpoint";
import { create } from "../providers/kubernetes/operations/create";
import type { Context } from "../providers/kubernetes/operations/context";
import { remove } from "../providers/kubernetes/operations/delete";
import { update } from "../providers/kubernetes/operations/update";
import { readSettings } from "../providers/kubernetes/settings";
import { InitFailedError } from "../providers/plugin/errors";
import type { PropertyMap } from "../providers/plugin/values";
import { type Answer, type Asked, type FakeApiServer, fakeApiServer } from "./support/fakeApiServer";

const resource = { urn: "urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::c", id: "default/c", timeout: 0 };
const configMap = (data: PropertyMap): PropertyMap => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c", namespace: "default" },
    data,
});

/** As it is on the cluster: "mine" is the program's, "theirs" is another manager's. */
const live: PropertyMap = {
    ...configMap({ mine: "1", theirs: "2" }),
    metadata: {
        name: "c",
        namespace: "default",
        managedFields: [
            { manager: "program", operation: "Apply", fieldsV1: { "f:data": { "f:mine": {} } } },
            { manager: "by-hand", operation: "Update", fieldsV1: { "f:data": { "f:theirs": {} } } },
        ],
    },
};

describe("lab provider: updates", () => {
    let api: FakeApiServer;
    let written: Answer;
    let context: Context;

    before(async () => {
        const resources = [{ name: "configmaps", kind: "ConfigMap", namespaced: true }];
        api = await fakeApiServer(({ method, path }) => {
            if (method !== "GET") {
                return written;
            }
            return path.startsWith("/api/v1/namespaces/") ? live : { resources };
        });
        const settings = readSettings(new Map([["kubeconfig", api.kubeconfig]]), {});
        const { signal } = new AbortController();
        const log = { info: () => undefined, warn: () => undefined, status: () => undefined };
        const cluster = await connect(settings, signal);
        context = { settings, cluster, log, signal, defined: new Map() };
    });

    after(() => api.close());

    const change = async (ignoreChanges: string[]) => {
        const inputs = configMap({ mine: "1", theirs: "1" });
        const olds = toState(inputs, live, inputs, "program", "v1");
        return await update(context, { ...resource, olds, news: inputs, ignoreChanges, preview: false });
    };

    it("remove an ignored field of another manager from the inputs in the state", async () => {
        written = live;
        expect((await change(["data.theirs"])).__inputs).to.deep.equal(configMap({ mine: "1" }));
        expect((await change(["data.mine"])).__inputs).to.deep.equal(configMap({ mine: "1", theirs: "1" }));
    });

    it("report a conflict like the official provider", async () => {
        const message = 'Apply failed with 1 conflict: conflict with "by-hand" using v1: .data.theirs';
        written = { kind: "Status", code: 409, reason: "Conflict", message };
        const error: unknown = await change([]).catch((thrown: unknown) => thrown);
        expect(error).to.be.instanceOf(InitFailedError);
        expect((error as Error).message).to.match(
            /: server-side apply field conflict detected, see https:.* for troubleshooting help\nThe resource /,
        );
        expect((error as Error).message).to.contain(`managed by field manager "program" had an apply conflict: ${message}`);
    });

    it("report also in a preview that an object was not created", async () => {
        written = { kind: "Status", code: 422, reason: "Invalid", message: "data is invalid" };
        const error: unknown = await create(context, {
            ...resource,
            inputs: configMap({}),
            preview: true,
        }).catch((thrown: unknown) => thrown);
        expect((error as Error).message).to.match(
            /was not successfully created by the Kubernetes API server: data is invalid$/,
        );
    });
});

describe("lab provider: an API server that cannot be reached", () => {
    it("is reported with Go's text", async () => {
        const api = await fakeApiServer(() => undefined);
        await api.close();
        const settings = readSettings(new Map([["kubeconfig", api.kubeconfig]]), {});
        expect(await connect(settings, new AbortController().signal)).to.deep.equal({
            reachable: false,
            reason:
                `unable to load schema information from the API server: Get "${api.url}/api": ` +
                `dial tcp ${new URL(api.url).host}: connect: connection refused`,
        });
    });
});

describe("lab provider: Patch resources", () => {
    const urn = "urn:pulumi:s::p::kubernetes:core/v1:ConfigMapPatch::c";
    const asked: Asked[] = [];
    let api: FakeApiServer;
    let context: Context;

    before(async () => {
        const resources = [{ name: "configmaps", kind: "ConfigMap", namespaced: true }];
        api = await fakeApiServer((request) => {
            asked.push(request);
            return request.path.startsWith("/api/v1/namespaces/") ? live : { resources };
        });
        const settings = readSettings(new Map([["kubeconfig", api.kubeconfig]]), {});
        const { signal } = new AbortController();
        const log = { info: () => undefined, warn: () => undefined, status: () => undefined };
        context = { settings, cluster: await connect(settings, signal), log, signal, defined: new Map() };
    });

    after(() => api.close());
    beforeEach(() => asked.splice(0));

    const inputs = {
        ...configMap({ mine: "1" }),
        metadata: { name: "c", namespace: "default", annotations: { "pulumi.com/patchForce": "true" } },
    };
    const writes = () => asked.filter(({ method }) => method !== "GET");

    it("are applied, whether the object exists or not, and not asked about in a preview", async () => {
        await create(context, { urn, inputs, timeout: 0, preview: true });
        expect(writes()).to.deep.equal([]);
        await create(context, { urn, inputs, timeout: 0, preview: false });
        expect(writes()).to.have.length(1);
        expect(writes()[0]?.method).to.equal("PATCH");
        expect(writes()[0]?.path).to.match(/^\/api\/v1\/namespaces\/default\/configmaps\/c\?fieldManager=.*force=true/);
    });

    it("leave the object, and give up their fields, when they are deleted", async () => {
        const properties = toState(inputs, live, inputs, "program", "v1");
        await remove(context, { urn, id: "default/c", properties, timeout: 0 });
        expect(writes().map(({ method, body }) => [method, JSON.parse(body) as object])).to.deep.equal([
            ["PATCH", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace: "default" } }],
        ]);
    });
});
