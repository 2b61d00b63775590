import { expect } from "chai";
import type { Application, ApplicationSource } from "../../clusters/applications";
import { refusedValues } from "../../components/argoCd/chartValues";
import { argoCdValues, ownValues } from "../../components/argoCd/values";
import { checkChartValues } from "../../preflight/chartValues";
import { closedSources, type Configuration, undecidedSources } from "../../preflight/otherSources";
import type { OtherSources } from "../../settings/otherSources";
import { failure } from "./support/failure";
import { hubSettings } from "./support/hub";
import { checkedHub, namespacePath, ofStack } from "./support/hubPreflight";
import { mockPulumi } from "./support/mocks";

type Values = Readonly<Record<"cm" | "params", Readonly<Record<string, unknown>>>>;

const every = ["kustomize", "remoteValues", "submodules"] as const;
const ofCm = ["kustomize.enable", "helm.valuesFileSchemes"];
const ofParams = ["reposerver.enable.git.submodule", "applicationsetcontroller.enable.git.submodule"];

interface AllValues {
    readonly configs: Values;
    readonly server: { readonly env?: unknown };
}

function allValuesOf(otherSources?: OtherSources): AllValues {
    const settings = hubSettings({ ...(otherSources && { otherSources }) });
    return argoCdValues({ settings, serviceMonitors: false }) as unknown as AllValues;
}

const valuesOf = (otherSources?: OtherSources) => allValuesOf(otherSources).configs;

describe("what a repository decides beside its chart", () => {
    it("is neither submodules, nor values at URLs, nor a Kustomization", () => {
        for (const { cm, params } of [valuesOf(), valuesOf([])]) {
            for (const key of ofParams) {
                expect(params[key], key).to.equal("false");
            }
            expect(cm["kustomize.enable"]).to.equal("false");
            // As Argo CD reads it: any word would be a scheme. Its chart leaves out a key with an empty text.
            const schemes = cm["helm.valuesFileSchemes"] as string;
            expect(schemes).not.to.equal("");
            expect(schemes.split(",").filter((scheme) => scheme.trim() !== "")).to.deep.equal([]);
        }
    });

    it("is what the setting names, and no more", () => {
        const { cm, params } = valuesOf([...every]);
        expect(cm).not.to.have.any.keys(ofCm);
        expect(params).not.to.have.any.keys(ofParams);
        const ofServer = (given: OtherSources) => JSON.stringify(allValuesOf(given).server.env ?? []);
        expect(ofServer([])).to.include('{"name":"ARGOCD_GIT_MODULES_ENABLED","value":"false"}');
        expect(ofServer(["submodules"])).not.to.include("ARGOCD_GIT_MODULES_ENABLED");
        expect(valuesOf(["submodules"]).cm).to.include.all.keys(ofCm);
        expect(valuesOf(["kustomize"]).cm).to.have.property("helm.valuesFileSchemes");
        expect(() => hubSettings({ otherSources: ["plugins"] })).to.throw(/otherSources\.0: must be "kustomize", "remoteValues" or/);
    });

    const others = [
        ...ofCm.map((key) => ({ configs: { cm: { [key]: "true" } } })),
        ...ofParams.map((key) => ({ configs: { params: { [key]: "true" } } })),
    ];
    for (const values of others) {
        it(`is not changed by chart.values, which name the setting: ${JSON.stringify(values)}`, () => {
            const refused = (otherSources: OtherSources) => {
                const settings = hubSettings({ otherSources });
                return refusedValues(ownValues({ settings, serviceMonitors: false }), values);
            };
            expect(refused([])).to.have.length(1);
            const named = /^hubspoke:chart\.values\.configs\.\S+: it belongs to the setting otherSources\. Remove/;
            expect(refused([])[0]).to.match(named);
            expect(refused([...every])).to.deep.equal([]);
        });
    }

    it("is not changed by a variable of the pods", async () => {
        await mockPulumi();
        const name = "ARGOCD_GIT_MODULES_ENABLED";
        const ways = [
            { pods: { env: { [name]: "true" } } },
            { pods: { secretEnv: { [name]: "true" } } },
            { chart: { values: { repoServer: { env: [{ name, value: "true" }] } } } },
        ];
        const errors = await Promise.all(ways.map((way) => failure(checkChartValues(hubSettings(way)))));
        expect(errors[0]).to.include(`hubspoke:pods.env.${name}: would undo a guarantee`);
        expect(errors[1]).to.include(`hubspoke:pods.secretEnv.${name}: would undo a guarantee`);
        expect(errors[2]).to.include(`hubspoke:chart.values.repoServer.env: ${name} would undo a guarantee`);
    });
});

describe("Applications of others on a hub that takes something from them", () => {
    const repoURL = "https://git.example.com/shop.git";
    const application = (name: string, source: ApplicationSource, status: object = {}): Application => ({
        metadata: { name },
        spec: { project: "shop", source },
        status,
    });
    const open: Configuration = { "argocd-cm": {}, "argocd-cmd-params-cm": {} };
    const { cm, params } = valuesOf() as unknown as Readonly<Record<"cm" | "params", Record<string, string>>>;
    const closed: Configuration = { "argocd-cm": cm, "argocd-cmd-params-cm": params };

    const published = { repoURL: "https://charts.example.com", chart: "shop" };
    const using: Readonly<Record<string, readonly [OtherSources, Application]>> = {
        "run Kustomize for shop": [["kustomize"], application("shop", { repoURL: "oci://r.example/x" }, { sourceType: "Kustomize" })],
        "run Kustomize for new": [["kustomize"], application("new", { repoURL: "oci://r.example/x", kustomize: {} })],
        "run Kustomize for two": [["kustomize"], application("two", published, { sourceTypes: ["Helm", "Kustomize"] })],
        "read values files at URLs for shop": [
            ["remoteValues"],
            application("shop", { ...published, helm: { valueFiles: ["values.yaml", "https://example.com/values.yaml"] } }),
        ],
        "read values files at URLs for set": [
            ["remoteValues"],
            application("set", { ...published, helm: { fileParameters: [{ path: "secrets+age://x" }] } }),
        ],
        "fetch submodules, of which only the repositories tell, for shop": [["submodules"], application("shop", { repoURL })],
    };
    for (const [what, [named, one]] of Object.entries(using)) {
        it(`are refused before: ${what}`, () => {
            const problem = closedSources({ otherSources: undefined }, [one], open);
            const without = what.startsWith("fetch submodules") ? "`[]`" : "change these Applications first";
            expect(problem).to.equal(
                `hubspoke:otherSources: Argo CD would no longer ${what}. Write \`[${named?.join(", ")}]\` without what none of ` +
                    `them needs, or ${without}`,
            );
            expect(closedSources({ otherSources: named }, [one], open)).to.equal(undefined);
            expect(closedSources({ otherSources: undefined }, [one], closed)).to.equal(undefined);
        });
    }

    it("are all named, with one remedy; and Kustomize is seen whatever the settings say", () => {
        const all = Array.from({ length: 22 }, (_, index) => application(`a-${index + 10}`, { repoURL }, { sourceType: "Kustomize" }));
        const problem = closedSources({ otherSources: undefined }, all, open);
        expect(problem).to.match(/run Kustomize for a-10, .*a-29 and 2 more; fetch subm.* Write `\[kustomize, subm/);
        const decided = closedSources({ otherSources: [] }, all, open);
        expect(decided).to.match(/no longer run Kustomize for a-10[^;]* Write `\[kustomize\]`/);
    });

    it("lose what Argo CD's ConfigMaps leave open, and nothing that they close", () => {
        const [, kustomize] = using["run Kustomize for shop"]!;
        const [, values] = using["read values files at URLs for shop"]!;
        const loses = (one: Application, cm: Record<string, string>) =>
            closedSources({ otherSources: undefined }, [one], { ...open, "argocd-cm": cm }) !== undefined;
        for (const [enable, isOpen] of [["true", true], ["", true], ["false", false]] as const) {
            expect(loses(kustomize, { "kustomize.enable": enable }), enable).to.equal(isOpen);
        }
        for (const [schemes, isOpen] of [["http,https", true], [" , ,s3", true], [",", false], [" ", false]] as const) {
            expect(loses(values, { "helm.valuesFileSchemes": schemes }), schemes).to.equal(isOpen);
        }
    });

    it("change first what their own settings ask for, beside submodules", () => {
        const one = application("shop", { repoURL }, { sourceType: "Kustomize" });
        expect(closedSources({ otherSources: undefined }, [one], open)).to.equal(
            "hubspoke:otherSources: Argo CD would no longer run Kustomize for shop; fetch submodules, of which only the " +
                "repositories tell, for shop. Write `[kustomize, submodules]` without what none of them needs, or change " +
                "these Applications first",
        );
    });

    it("lose nothing where they have no source yet, or several without what is taken", () => {
        const bare = { metadata: { name: "bare" }, spec: { project: "shop" } };
        const none = { metadata: { name: "none" } };
        const files = { metadata: { name: "files" }, spec: { sources: [{ ...published, helm: { fileParameters: [{}] } }] } };
        const paths = application("paths", { ...published, helm: { valueFiles: ["charts/a:b.yaml"] } });
        expect(closedSources({ otherSources: undefined }, [bare, none, files, paths], open)).to.equal(undefined);
    });

    it("lose nothing where they are Helm charts or files of a registry, or the program's own", () => {
        const files = { valueFiles: ["$values/values.yaml", "/values.yaml", "values-prod.yaml"] };
        const chart = application("chart", { ...published, helm: files }, { sourceType: "Helm" });
        const labels = { "app.kubernetes.io/name": "agent" };
        const metadata = { name: "agent-prod", labels, ownerReferences: [{ kind: "ApplicationSet", name: "agent" }] };
        const own = { metadata, spec: { project: "agent", source: { repoURL } } };
        expect(closedSources({ otherSources: undefined }, [chart, own], open)).to.equal(undefined);
    });

    const path = "apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop";
    const shop = { [namespacePath]: { metadata: ofStack }, [path]: { ...application("shop", { repoURL }), metadata: { name: "shop" } } };
    const cmdParams = (data: object) => ({ [`${namespacePath}/configmaps/argocd-cmd-params-cm`]: { data } });

    it("are refused by the checks of the hub, which read what its Argo CD does now", async () => {
        const now = await checkedHub({ ...shop, ...cmdParams({ "reposerver.enable.git.submodule": "true" }) });
        expect(now.error).to.match(/hubspoke:otherSources: Argo CD would no longer fetch submodules.* for shop\./);
        expect((await checkedHub({ ...shop, ...cmdParams(params) })).error).to.equal("");
        expect((await checkedHub(shop, { otherSources: [] })).error).to.equal("");
    });

    it("come to an adopted hub only when the settings say what they use", () => {
        expect(undecidedSources({ otherSources: undefined })[0]).to.match(
            /^hubspoke:otherSources: is missing, .*Write what they use of kustomize, remoteValues, submodules, or `/,
        );
        expect(undecidedSources({ otherSources: [] })).to.deep.equal([]);
    });

    it("are warned of what the settings leave open for them", async () => {
        const { error, warnings } = await checkedHub(shop, { otherSources: ["submodules"] });
        expect(error).to.equal("");
        const both = await checkedHub(shop, { otherSources: ["kustomize", "submodules"] });
        const warning = (named: string) => [
            `hubspoke:otherSources: has ${named}. Whoever can push to a repository that Argo CD reads can have its credential ` +
                "sent elsewhere, or addresses called that only the hub reaches. Remove what no Application needs",
        ];
        expect([warnings, both.warnings]).to.deep.equal([warning("submodules"), warning("kustomize, submodules")]);
    });
});
