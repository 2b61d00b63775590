import { expect } from "chai";
import { secret, unknown, type PropertyMap } from "../providers/plugin/values";
import { diffRelease } from "../providers/kubernetes/helm/diff";
import { installFlags, uninstallFlags, upgradeFlags } from "../providers/kubernetes/helm/flags";
import { readInputs } from "../providers/kubernetes/helm/inputs";
import { releaseState } from "../providers/kubernetes/helm/state";
import { parseRelease } from "../providers/kubernetes/helm/status";

const inputs: PropertyMap = {
    name: "argo-cd",
    namespace: "argocd",
    chart: "argo-cd",
    version: "10.1.1",
    timeout: 60,
    values: { a: { b: 1 }, password: secret("hidden") },
};

const manifest = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: b }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: a, namespace: other }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: d }
`;

const output = JSON.stringify({
    name: "argo-cd",
    namespace: "argocd",
    version: 3,
    info: { status: "deployed" },
    chart: { metadata: { name: "argo-cd", version: "10.1.1", appVersion: "v3" } },
    config: { a: { b: 1 }, password: "hidden" },
    manifest,
});

describe("lab provider: Helm inputs", () => {
    it("are read as plain values, without unknowns", () => {
        const read = readInputs({ ...inputs, values: { x: unknown, y: secret("z") } });
        expect(read.values).to.deep.equal({ y: "z" });
        expect(read).to.include({ name: "argo-cd", version: "10.1.1", timeout: 60, skipAwait: false });
        expect(readInputs({}).timeout).to.equal(300);
    });

    it("refuse what the stand-in does not do", () => {
        expect(() => readInputs({ postrender: "cmd" })).to.throw('"postrender" is not part');
        expect(() => readInputs({ valueYamlFiles: [] })).not.to.throw();
    });
});

describe("lab provider: Helm flags", () => {
    const flags = (options: PropertyMap) => readInputs({ ...inputs, ...options });

    it("wait unless the inputs say otherwise", () => {
        expect(installFlags(flags({}))).to.deep.equal(["--wait", "--timeout", "60s"]);
        expect(installFlags(flags({ skipAwait: true }))).to.deep.equal(["--timeout", "60s"]);
        expect(uninstallFlags(flags({ skipAwait: true }))).to.deep.equal([]);
    });

    it("follow the inputs", () => {
        expect(
            installFlags(flags({ atomic: true, createNamespace: true, skipCrds: true })),
        ).to.include.members(["--atomic", "--create-namespace", "--skip-crds"]);
        expect(
            upgradeFlags(flags({ cleanupOnFail: true, maxHistory: 5, createNamespace: true })),
        ).to.deep.equal(["--cleanup-on-fail", "--wait", "--timeout", "60s", "--history-max", "5"]);
    });
});

describe("lab provider: Helm state", () => {
    const state = releaseState(inputs, parseRelease(output));

    it("describes the release like the official provider", () => {
        expect(state.status).to.deep.equal({
            name: "argo-cd",
            namespace: "argocd",
            revision: 3,
            status: "deployed",
            chart: "argo-cd",
            version: "10.1.1",
            appVersion: "v3",
        });
        expect(state.resourceNames).to.deep.equal({
            "ConfigMap/v1": ["b", "other/a"],
            "Deployment.apps/apps/v1": ["d"],
        });
    });

    it("keeps secret values secret", () => {
        expect(state.values).to.deep.equal({ a: { b: 1 }, password: secret("hidden") });
        expect(state.__inputs).to.deep.equal(secret(inputs));
    });

    const changes = (news: PropertyMap, olds = state, ignoreChanges: string[] = []) =>
        [...diffRelease({ urn: "", id: "", olds, news, ignoreChanges }).changes].map(
            ([path, { kind, replace }]) => `${kind}${replace ? "!" : ""} ${path}`,
        );

    it("differs by values, version and namespace, and by live changes", () => {
        expect(changes(inputs)).to.deep.equal([]);
        expect(changes({ ...inputs, values: { a: { b: 2 }, password: secret("hidden") } })).to.deep.equal([
            "update values.a.b",
        ]);
        expect(changes({ ...inputs, version: "10.2.0" })).to.deep.equal(["update version"]);
        expect(changes({ ...inputs, version: "10.2.0" }, state, ["version"])).to.deep.equal([]);
        expect(changes({ ...inputs, namespace: "x" })).to.deep.equal(["update! namespace"]);
        expect(changes(inputs, { ...state, version: "9.0.0" })).to.deep.equal(["update version"]);
        expect(changes({ ...inputs, values: { a: { b: 1 } } })).to.deep.equal(["delete values.password"]);
    });
});
