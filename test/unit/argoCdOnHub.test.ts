import { expect } from "chai";
import { type ArgoCdFacts, type Crd, foreignInCluster, obstacles, refuseForgottenRelease } from "../../preflight/argoCd";
import type { ArgoCdAdoption } from "../../components/argoCd/adoption";
import { keptMetadata, type Metadata } from "../../preflight/keptMetadata";
import { compareValues } from "../../scripts/adopt/values";
import { failure } from "./support/failure";
import { bringUpHub, hubSettings } from "./support/hub";
import { all, one } from "./support/mocks";
import { registration } from "./support/registration";

const stack = "organization/hubspoke/hub";
const nothing: ArgoCdFacts = { namespaceOf: undefined, namespaceExists: false, controllers: [], crds: [], taken: [] };
const crds = (owner: string | undefined): Crd[] => [{ name: "applications.argoproj.io", owner }];

const release = (name: string) => ({ namespace: "argocd", installedBy: { by: "helm", release: name } }) as const;

describe("a hub before its first `up`", () => {
    interface Case {
        readonly what: string;
        readonly facts: Partial<ArgoCdFacts>;
        readonly adoptedRelease?: string;
        readonly problem: RegExp | undefined;
    }
    const cases: Case[] = [
        { what: "with nothing of Argo CD", facts: {}, problem: undefined },
        { what: "with the CRDs that our own earlier release kept", facts: { crds: crds("argocd/argocd") }, problem: undefined },
        {
            what: "with CRDs of another release",
            facts: { crds: crds("argo/argo-cd") },
            problem: /release argo\/argo-cd: the CRDs applications\.argoproj\.io\. To adopt: npm run adopt -- hub/,
        },
        {
            what: "with CRDs of nobody",
            facts: { crds: crds(undefined) },
            problem: /without an owner: the CRDs .*npm run adopt -- hub/,
        },
        {
            what: "with a namespace of others",
            facts: { namespaceExists: true },
            problem: /a namespace argocd, which this stack did not create.*npm run adopt -- hub/,
        },
        {
            what: "with another stack's namespace",
            facts: { namespaceExists: true, namespaceOf: "organization/hubspoke/old" },
            problem: /belongs to the stack organization\/hubspoke\/old.*kubectl annotate namespace argocd/,
        },
        {
            what: "with a release of the chart",
            facts: { namespaceExists: true, controllers: [release("x")] },
            problem: /an Argo CD in namespace argocd \(Helm release "x"\)\. To adopt: npm run adopt -- hub/,
        },
        {
            what: "with a release of the chart that the settings name",
            facts: { namespaceExists: true, controllers: [release("x")] },
            adoptedRelease: "x",
            problem: undefined,
        },
        {
            what: "with another release than the settings name",
            facts: { controllers: [release("x")] },
            adoptedRelease: "y",
            problem: /hubspoke:adoptedRelease: is "y", .*Write "x"/,
        },
        {
            what: "with plain manifests, even if the settings name a release",
            facts: { controllers: [{ namespace: "argocd", installedBy: { by: "manifests" } }] },
            adoptedRelease: "argocd",
            problem: /in namespace argocd \(installed by manifests\).*Only a release .*docs\/brownfield\.md/,
        },
        {
            what: "with an operator's Argo CD in another namespace",
            facts: { controllers: [{ namespace: "openshift-gitops", installedBy: { by: "operator" } }] },
            problem: /another Argo CD runs in namespace openshift-gitops \(installed by the Argo CD operator\)/,
        },
        {
            what: "with an object of a name that the stack will use",
            facts: { taken: ["AppProject agent"] },
            adoptedRelease: "argocd",
            problem: /has AppProject agent already.*Rename or delete/,
        },
    ];
    for (const { what, facts, adoptedRelease, problem } of cases) {
        it(`${problem === undefined ? "goes on" : "is refused"} ${what}`, () => {
            const problems = obstacles({ ...nothing, ...facts }, stack, adoptedRelease);
            if (problem === undefined) {
                expect(problems).to.deep.equal([]);
            } else {
                expect(problems).to.have.length(1);
                expect(problems[0]).to.match(problem);
            }
        });
    }

    it("is not registered again where another tool registered it, and is where this stack did too", () => {
        const server = "https://kubernetes.default.svc";
        const foreign = registration({ secret: "bridge", cluster: "hub", server });
        const own = registration({ secret: "cluster-in-cluster", cluster: "in-cluster", server, stack });
        expect(foreignInCluster([registration(), foreign])?.secret).to.equal("bridge");
        expect(foreignInCluster([foreign, own])).to.equal(undefined);
        expect(foreignInCluster([registration()])).to.equal(undefined);
    });
});

describe("a hub that has adopted a release", () => {
    const adopted = { name: "argocd", annotations: { "hubspoke/adopted": "argo-cd" } };

    it("is refused without the setting, or with another release's name", () => {
        const remedy = /hubspoke:adoptedRelease: .* Write `hubspoke:adoptedRelease: argo-cd`/;
        expect(() => refuseForgottenRelease(adopted, undefined)).to.throw(remedy);
        expect(() => refuseForgottenRelease(adopted, "argocd")).to.throw(remedy);
        expect(() => refuseForgottenRelease(adopted, "argo-cd")).not.to.throw();
        expect(() => refuseForgottenRelease({ name: "argocd" }, undefined)).not.to.throw();
    });
});

describe("a hub that adopts a release", () => {
    const adoption = {
        namespace: { labels: { team: "platform" }, annotations: { owner: "platform" } },
        release: true,
        keptSecrets: ["argocd-secret", "argocd-redis"],
    };

    it("imports the namespace and the release, and leaves Argo CD's own Secrets alone", async () => {
        const { hub } = await bringUpHub({ adoptedRelease: "argo-cd" }, undefined, { adoption });
        const namespace = one("kubernetes:core/v1:Namespace", "argocd-namespace");
        expect(namespace.importId).to.equal("argocd");
        expect(namespace.inputs.metadata).to.deep.include({ labels: { team: "platform" } });
        expect(namespace.inputs.metadata).to.have.deep.property("annotations", {
            owner: "platform",
            "pulumi.com/patchForce": "true",
            "hubspoke/adopted": "argo-cd",
            "hubspoke/stack": stack,
        });
        const release = one("kubernetes:helm.sh/v3:Release", "argocd-release");
        expect(release.importId).to.equal("argocd/argo-cd");
        expect(release.inputs).to.include({ name: "argo-cd", namespace: "argocd" });
        expect(release.inputs.values).to.include({ fullnameOverride: "argocd" });
        const secrets = all("kubernetes:core/v1:Secret").map(({ name }) => name);
        expect(secrets).not.to.include.members(["argocd-secret"]);
        expect(secrets).not.to.include.members(["argocd-redis"]);
        expect(hub.operator.adminPassword).to.equal(undefined);
    });

    it("creates what the adopted Argo CD lacks, under the names that every hub has", async () => {
        await bringUpHub({ adoptedRelease: "argocd" }, undefined, {
            adoption: { namespace: undefined, release: false, keptSecrets: [] },
        });
        const release = one("kubernetes:helm.sh/v3:Release", "argocd-release");
        expect(release.importId).to.equal(undefined);
        expect(release.inputs.values).not.to.have.property("fullnameOverride");
        expect(one("kubernetes:core/v1:Namespace", "argocd-namespace").importId).to.equal(undefined);
        const { metadata } = one("kubernetes:core/v1:Secret", "argocd-secret").inputs;
        expect(metadata).to.have.deep.property("annotations", { "hubspoke/stack": stack });
    });

    it("states of a namespace that it creates what it states when it is run again", async () => {
        const stated = async (namespace: ArgoCdAdoption["namespace"]) => {
            await bringUpHub({ adoptedRelease: "argocd" }, undefined, { adoption: { ...adoption, namespace } });
            return one("kubernetes:core/v1:Namespace", "argocd-namespace").inputs;
        };
        const created = await stated(undefined);
        const { name, labels, annotations } = created.metadata as Metadata;
        // The API server adds the label, if nobody does.
        const read = keptMetadata({ name, labels: { ...labels, "kubernetes.io/metadata.name": name }, annotations });
        expect(await stated(read)).to.deep.equal(created);
    });

    it("does not register the hub itself where another tool did", async () => {
        await bringUpHub({}, undefined, { registersHub: false });
        expect(all("kubernetes:core/v1:Secret").map(({ name }) => name)).not.to.include("in-cluster-secret");
    });

    it("has no key of a webhook in the settings, which would go into the Secret that stays", async () => {
        const settings = { adoptedRelease: "argocd", webhooks: { github: "hunter2-hunter2" } };
        const error = await failure(Promise.resolve().then(() => hubSettings(settings)));
        expect(error).to.match(/hubspoke:webhooks\.github: is a key of the Secret argocd-secret.*Remove it/);
    });
});

describe("what an adopted object keeps", () => {
    it("is all but what the program writes itself, and kubectl's copy", () => {
        const annotations = {
            owner: "platform",
            "hubspoke/stack": "s",
            "pulumi.com/patchForce": "true",
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
        };
        const kept = keptMetadata({ name: "x", labels: { team: "a" }, annotations });
        expect(kept).to.deep.equal({ labels: { team: "a" }, annotations: { owner: "platform" } });
    });
});

describe("the values of a release beside the program's", () => {
    it("are compared by their paths, and no value of the release is told", () => {
        const before = {
            configs: { cm: { "dex.config": "hunter2", "admin.enabled": false }, params: {} },
            server: { replicas: 1, extraArgs: ["--a"] },
        };
        const after = { configs: { cm: { "admin.enabled": true } }, server: { replicas: 1 }, dex: { enabled: false } };
        const changes = compareValues(before, after);
        expect(changes).to.deep.equal({
            dropped: ['configs.cm."dex.config"', "configs.params", "server.extraArgs"],
            changed: ['configs.cm."admin.enabled": true'],
            added: ["dex.enabled: false"],
        });
    });
});
