import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { argoCdChart } from "../../components/argoCd/version";
import { projectRoot } from "../paths";
import { readCommitted } from "../stacks/project";
import { moduleDir } from "../tools/cache";
import { catalogue, type Tool } from "../tools/catalogue";
import {
    argoCdOfChart, defaultVersion, inLabVersion, labVersion, type PartName, parts, versionFlags,
} from "../tools/versions";

const tools: readonly Tool[] = catalogue;
const find = (name: string) => tools.find((tool) => tool.name === name)!;

describe("lab: versions of Argo CD and Kubernetes", () => {
    const saved = versionFlags.map(({ variable }) => [variable, process.env[variable]] as const);

    beforeEach(() => saved.forEach(([variable]) => delete process.env[variable]));

    after(() => {
        for (const [variable, value] of saved) {
            if (value === undefined) {
                delete process.env[variable];
            } else {
                process.env[variable] = value;
            }
        }
    });

    it("are the catalogue's where none is chosen, also by an empty variable", () => {
        process.env.LAB_ARGO_CD = "";
        expect(tools.map(inLabVersion)).to.deep.equal(tools);
        expect(labVersion("kubernetes")).to.equal(find("kube-apiserver").version);
    });

    it("are chosen for each part alone", () => {
        process.env.LAB_KUBERNETES = "1.34.4";
        const changed = tools.filter((tool) => inLabVersion(tool) !== tool).map(({ name }) => name);
        expect(changed).to.deep.equal(["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"]);
        const { version, stamps } = inLabVersion(find("kube-apiserver"));
        expect(version).to.equal("1.34.4");
        expect(stamps).to.include({
            "k8s.io/component-base/version.gitVersion": "v1.34.4",
            "k8s.io/component-base/version.gitMinor": "34",
        });
        expect(labVersion("argoCd")).to.equal(find("argocd").version);
    });

    it("that the lab does not have are refused with those that it has", () => {
        process.env.LAB_ARGO_CD = "3.4";
        expect(() => labVersion("argoCd")).to.throw(
            `--argo-cd (LAB_ARGO_CD): the lab has no version "3.4". Write ${defaultVersion("argoCd")} or 3.5.3 or 3.4.4`,
        );
    });

    const pins: readonly [PartName, string][] = [
        ["argoCd", "github.com/argoproj/argo-cd/v3"],
        ["kubernetes", "k8s.io/kubernetes"],
    ];
    for (const [part, goModule] of pins) {
        for (const [version, folder] of Object.entries(parts[part].others)) {
            it(`${part} ${version}: has the version that go.mod pins`, () => {
                const goMod = fs.readFileSync(path.join(moduleDir(folder), "go.mod"), "utf8");
                expect(goMod).to.match(new RegExp(`\\t${goModule} v${version.replaceAll(".", "\\.")} // indirect`));
            });
        }
    }

    it("have that of the default chart among them, the chart of the committed hub, as docs/upgrade.md says", () => {
        const { "hubspoke:chart": chart } = readCommitted("hub") as { "hubspoke:chart": { version: string } };
        expect(chart.version).to.equal(argoCdChart.version);
        const charts = Object.entries(argoCdOfChart);
        expect(charts.map(([version]) => version)).to.deep.equal([argoCdChart.version]);
        for (const [version, argoCd] of charts) {
            process.env.LAB_ARGO_CD = argoCd;
            expect(labVersion("argoCd")).to.equal(argoCd);
            const docs = fs.readFileSync(path.join(projectRoot, "docs/upgrade.md"), "utf8");
            expect(docs.replace(/\s+/g, " ")).to.match(new RegExp(`The default is ${version}, .* the chart's own ${argoCd} `));
        }
    });

    it("run every week in a workflow, at least three combinations, each with one that is not the default", () => {
        const file = path.join(projectRoot, ".github/workflows/versions.yml");
        const { jobs } = parse(fs.readFileSync(file, "utf8")) as {
            jobs: { lab: { strategy: { matrix: { include: { "argo-cd": string; kubernetes: string }[] } } } };
        };
        const { include } = jobs.lab.strategy.matrix;
        expect(include.length).to.be.greaterThan(2);
        for (const { "argo-cd": argoCd, kubernetes } of include) {
            process.env.LAB_ARGO_CD = argoCd;
            process.env.LAB_KUBERNETES = kubernetes;
            const chosen = [labVersion("argoCd"), labVersion("kubernetes")];
            expect(chosen).not.to.deep.equal([defaultVersion("argoCd"), defaultVersion("kubernetes")]);
        }
        for (const part of ["argoCd", "kubernetes"] as const) {
            const tested = include.map((one) => (part === "argoCd" ? one["argo-cd"] : one.kubernetes));
            expect(tested).to.include.members(Object.keys(parts[part].others));
        }
    });
});
