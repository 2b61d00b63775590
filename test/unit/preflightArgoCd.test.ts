import { expect } from "chai";
import { checkedHub, clusterSecret, namespacePath, ofStack, stack } from "./support/hubPreflight";
import type { StoredObject } from "./support/objectStore";

type Objects = Record<string, StoredObject>;

const helms = (name: string, namespace = "argocd") => ({
    "meta.helm.sh/release-name": name,
    "meta.helm.sh/release-namespace": namespace,
});
const selected = { "app.kubernetes.io/part-of": "argocd", "app.kubernetes.io/component": "application-controller" };
const controller = (kind: string, namespace: string, more: object = {}): Objects => ({
    [`apis/apps/v1/${kind}/c`]: { metadata: { name: "c", namespace, labels: selected, ...more } },
});
const crd = (name: string, metadata: object = {}): Objects => ({
    [`apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}.argoproj.io`]: {
        metadata: { name: `${name}.argoproj.io`, ...metadata },
    },
});
const byHelm = (name: string, namespace = "argocd") => ({
    labels: { "app.kubernetes.io/managed-by": "Helm" },
    annotations: helms(name, namespace),
});
const namespace = (annotations: object = {}): Objects => ({
    [namespacePath]: { metadata: { name: "argocd", labels: { team: "platform" }, annotations: { note: "kept", ...annotations } } },
});
const secret = (name: string, annotations: object = {}, labels: Record<string, string> = {}): Objects => ({
    [`${namespacePath}/secrets/${name}`]: { metadata: { name, annotations, labels } },
});
const adopted = { adoptedRelease: "argo" };
const release = controller("statefulsets", "argocd", { annotations: helms("argo") });

describe("an Argo CD on the hub", () => {
    it("is the stack's own where the namespace has its mark, or its registration of the hub does, whatever else there is", async () => {
        const remains = { ...release, ...crd("applications"), "apis/scheduling.k8s.io/v1/priorityclasses/argocd": {} };
        for (const own of <Objects[]>[
            { [namespacePath]: { metadata: ofStack } },
            { ...namespace(), ...clusterSecret("in-cluster", { stack, server: "https://kubernetes.default.svc" }) },
        ]) {
            const { error, facts } = await checkedHub({ ...remains, ...own });
            expect(error).to.equal("");
            expect(facts?.adoption).to.equal(undefined);
        }
        const others = clusterSecret("in-cluster", { stack: "organization/other/hub", server: "https://kubernetes.default.svc" });
        const { error } = await checkedHub({ ...namespace(), ...others });
        expect(error).to.match(/a namespace argocd, which this stack did not create/);
    });

    const refused: [name: string, objects: Objects, settings: object, error: RegExp][] = [
        [
            "of another stack",
            namespace({ "hubspoke/stack": "organization/other/hub" }),
            {},
            /namespace argocd belongs to the stack organization\/other\/hub\. .* hubspoke\/stack=organization/,
        ],
        ["in a release", { ...namespace(), ...release }, {}, /has an Argo CD in namespace argocd \(Helm release "argo"\)\. To adopt: npm run adopt -- hub$/],
        [
            "of the operator, elsewhere",
            controller("statefulsets", "gitops", { ownerReferences: [{ kind: "Other" }, { kind: "ArgoCD" }], annotations: helms("x") }),
            {},
            /another Argo CD runs in namespace gitops \(installed by the Argo CD operator\)/,
        ],
        [
            "from manifests, with a Deployment",
            { ...namespace(), ...controller("deployments", "argocd", { ownerReferences: [] }) },
            {},
            /an Argo CD runs in namespace argocd \(installed by manifests\)\. Only a release of the argo-cd Helm chart/,
        ],
        [
            "in another release than the settings say",
            { ...namespace(), ...controller("deployments", "argocd", { annotations: helms("argo-cd") }) },
            adopted,
            /hubspoke:adoptedRelease: is "argo", and .* of the Helm release "argo-cd"\. Write "argo-cd"$/,
        ],
        ["whose namespace remains", namespace(), {}, /the hub has a namespace argocd, which this stack did not create\. To adopt:/],
        [
            "whose CRDs remain, of two owners",
            { ...crd("applications", byHelm("x", "y")), ...crd("appprojects"), ...crd("applicationsets", { annotations: helms("x") }) },
            {},
            new RegExp(
                "of the Helm release y/x: the CRDs applications\\.argoproj\\.io; and without an owner: " +
                    "the CRDs applicationsets\\.argoproj\\.io, appprojects\\.argoproj\\.io",
            ),
        ],
        [
            "with objects of the stack's names",
            {
                ...namespace(), ...release,
                "apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/agent": {},
                "apis/argoproj.io/v1alpha1/namespaces/argocd/applicationsets/agent": { spec: { generators: [] } },
            },
            adopted,
            /the hub has AppProject agent, ApplicationSet agent already/,
        ],
        [
            "that the stack has adopted, and the settings have forgotten",
            namespace({ "hubspoke/stack": stack, "hubspoke/adopted": "argo" }),
            {},
            /hubspoke:adoptedRelease: is missing, but .* release "argo"\. Write `hubspoke:adoptedRelease: argo`$/,
        ],
    ];
    for (const [name, objects, settings, expected] of refused) {
        it(`is refused: one ${name}`, async () => {
            expect((await checkedHub(objects, settings)).error).to.match(expected);
        });
    }

    it("is none if only other workloads have its labels", async () => {
        const server = { metadata: { name: "s", namespace: "x", labels: { ...selected, "app.kubernetes.io/component": "server" } } };
        expect((await checkedHub({ "apis/apps/v1/deployments/s": server })).error).to.equal("");
    });

    it("is adopted with its namespace, and with the Secrets that the stack did not make", async () => {
        const found = {
            ...namespace(),
            ...release,
            ...crd("applications", byHelm("argo")),
            ...secret("helm", {}, { owner: "helm", name: "argo", status: "deployed" }),
            ...secret("argocd-secret", { "hubspoke/stack": stack }),
            ...secret("argocd-redis"),
        };
        const { error, warnings, facts } = await checkedHub(found, adopted);
        expect({ error, warnings }).to.deep.equal({ error: "", warnings: [] });
        expect(facts?.adoption).to.deep.equal({
            namespace: { labels: { team: "platform" }, annotations: { note: "kept" } },
            release: true,
            keptSecrets: ["argocd-redis"],
        });
    });

    it("is adopted before its first release has ended, and after its namespace is gone", async () => {
        const pending = secret("helm", {}, { owner: "helm", name: "argo", status: "pending-install" });
        const { facts } = await checkedHub({ ...namespace({ "hubspoke/stack": stack, "hubspoke/adopted": "argo" }), ...pending }, adopted);
        expect(facts?.adoption).to.deep.include({ release: false, keptSecrets: [] });
        const anew = await checkedHub({}, adopted);
        expect(anew.facts?.adoption).to.deep.equal({ namespace: undefined, release: false, keptSecrets: [] });
    });

    it("with CRDs of another owner is adopted after these, which the preview says", async () => {
        const foreign = crd("applications", byHelm("crds", "other"));
        const { error, warnings } = await checkedHub({ ...namespace(), ...release, ...foreign }, adopted);
        expect(error).to.equal("");
        expect(warnings).to.deep.equal([
            "hubspoke:adoptedRelease: Helm would refuse CRDs of another owner, of the Helm release other/crds: the CRDs " +
                "applications.argoproj.io. npm run adopt -- hub gives them to the release",
        ]);
    });
});

describe("a cert-manager on the hub", () => {
    const certificates = { issuer: "own" };
    const group = { apis: { groups: [{ name: "cert-manager.io" }] } };
    const certificatesCrd = (annotations?: object): Objects => ({
        "apis/apiextensions.k8s.io/v1/customresourcedefinitions/certificates.cert-manager.io": { metadata: { annotations } },
    });
    const room = (managers: object[]): Objects => ({
        "api/v1/namespaces/cert-manager": { metadata: { name: "cert-manager", managedFields: managers } },
    });
    const ours = room([{}, { manager: "kubectl" }, { manager: "pulumi-kubernetes-1a2b" }]);

    const refused: [name: string, objects: Objects, error: RegExp][] = [
        ["of another release", { ...group, ...ours, ...certificatesCrd(helms("cm", "infra")) }, /its CRDs belong to infra\/cm\. Write "existing"/],
        ["of no release", { ...group, ...ours, ...certificatesCrd() }, /its CRDs belong to no Helm release\./],
        ["in a namespace of others", room([{ manager: "kubectl" }]), /the namespace cert-manager is not of this program/],
    ];
    for (const [name, objects, expected] of refused) {
        it(`${name} is not installed over`, async () => {
            expect((await checkedHub(objects, { certificates })).error).to.match(expected);
        });
    }

    it("of this program stays, also where the identity may not read its CRDs, and none is installed", async () => {
        for (const objects of [{}, { ...group, ...ours }, { ...group, ...ours, ...certificatesCrd(helms("cert-manager", "cert-manager")) }]) {
            expect((await checkedHub(objects, { certificates })).error).to.equal("");
        }
    });
});
