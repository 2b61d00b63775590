import { expect } from "chai";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Delivery, registeredBy, renderDeliveries, renderDelivery } from "../../scripts/doctor/deliveries";
import { GitRepositories } from "../../scripts/support/gitRepositories";
import { inFolder } from "../../scripts/support/folder";

/** Makes a repository with these files on its branch main, and returns its folder. */
function repositoryIn(folder: string, files: readonly string[]): string {
    const repository = path.join(folder, "repository");
    for (const file of files) {
        fs.mkdirSync(path.dirname(path.join(repository, file)), { recursive: true });
        fs.writeFileSync(path.join(repository, file), "");
    }
    const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    for (const args of [["init", "--quiet", "--initial-branch=main"], ["add", "."], [...identity, "commit", "--quiet", "-m", "a"]]) {
        execFileSync("git", ["-C", repository, ...args]);
    }
    return repository;
}

async function problemsOf(files: readonly string[], sources: (repository: string) => Delivery["sources"]): Promise<string[]> {
    return inFolder(async (folder) => {
        const repository = repositoryIn(folder, files);
        const scratch = path.join(folder, "scratch");
        fs.mkdirSync(scratch);
        const settings = { repositories: {}, gitCertificates: {}, knownHosts: "" };
        const delivery = { name: "agent-prod", cluster: "prod", namespace: "agent", sources: sources(repository) };
        const { findings } = await renderDelivery(delivery, new GitRepositories(settings, scratch));
        return findings.map(({ level, text }) => `${level} ${text.replaceAll(repository, "REPOSITORY")}`);
    });
}

describe("what the doctor finds of a delivery", () => {
    const helm = { valueFiles: ["values.yaml", "values-prod.yaml"] };
    const at = (targetRevision: string, inRepository = "helm") => (repoURL: string) => [
        { repoURL, targetRevision, path: inRepository, helm },
    ];

    it("is a values file that is missing at the revision", async () => {
        expect(await problemsOf(["helm/Chart.yaml", "helm/values.yaml"], at("main"))).to.deep.equal([
            "fail agent-prod: the chart at main has no values-prod.yaml",
        ]);
    });

    it("is a chart that is not at the path", async () => {
        expect(await problemsOf(["helm/Chart.yaml"], at("main", "charts/agent"))).to.deep.equal([
            "fail agent-prod: the chart at main has no Chart.yaml and no values.yaml and no values-prod.yaml",
        ]);
    });

    it("is nothing of a commit that is named by its beginning, as Argo CD takes it", async () => {
        await inFolder(async (folder) => {
            const repository = repositoryIn(folder, ["helm/values.yaml"]);
            const commit = execFileSync("git", ["-C", repository, "rev-parse", "HEAD"], { encoding: "utf8" });
            const scratch = path.join(folder, "scratch");
            fs.mkdirSync(scratch);
            const settings = { repositories: {}, gitCertificates: {}, knownHosts: "" };
            const repositories = new GitRepositories(settings, scratch);
            expect(await repositories.at(repository, commit.slice(0, 8))).to.have.property("folder");
            expect(await repositories.at(repository, "0123abcd")).to.have.property("missing");
        });
    });

    it("is a revision, or a whole repository, that is missing", async () => {
        expect(await problemsOf(["helm/Chart.yaml"], at("v9.9.9"))).to.deep.equal([
            "fail agent-prod: the repository REPOSITORY has no revision v9.9.9",
        ]);
        const [problem] = await problemsOf(["helm/Chart.yaml"], (repository) => at("main")(`${repository}-2`));
        expect(problem).to.match(/^fail agent-prod: the repository REPOSITORY-2 cannot be read: /);
    });

    it("is a values file of a published chart that is missing in the other source", async () => {
        const published = { repoURL: "https://charts.example.com", chart: "retriever", targetRevision: "1.4.2" };
        const files = { valueFiles: ["$values/retriever/values.yaml", "$values/retriever/values-prod.yaml"] };
        const sources = (repoURL: string) => [
            { ...published, helm: files },
            { repoURL, targetRevision: "main", ref: "values" },
        ];
        expect(await problemsOf(["retriever/values.yaml"], sources)).to.deep.equal([
            "fail agent-prod: the chart at 1.4.2 has no values-prod.yaml",
        ]);
    });
});

describe("what the doctor finds of the ApplicationSets", () => {
    it("is nothing without helm, of which the look at this machine has said it: all other findings stay", async () => {
        const template = { metadata: { name: "agent-{{ .name }}" }, spec: {} };
        const applicationSet = {
            ...{ type: "kubernetes:argoproj.io/v1alpha1:ApplicationSet", name: "hub-agent", cluster: "hub", read: false },
            inputs: { spec: { generators: [{ clusters: {} }], template } },
        };
        const hub = { name: "hub", labels: {}, annotations: {}, stack: "hub", server: "" };
        const { PATH } = process.env;
        await inFolder(async (scratch) => {
            const repositories = new GitRepositories({ repositories: {}, gitCertificates: {}, knownHosts: "" }, scratch);
            process.env.PATH = scratch;
            try {
                expect(await renderDeliveries([hub], [applicationSet], repositories)).to.deep.equal([
                    { cluster: "", objects: [], images: [], findings: [] },
                ]);
            } finally {
                process.env.PATH = PATH;
            }
        });
    });
});

describe("the clusters that the doctor delivers to", () => {
    it("are the planned cluster Secrets, by their names in Argo CD", () => {
        const labels = { "argocd.argoproj.io/secret-type": "cluster", deploy: "true" };
        const secret = { type: "kubernetes:core/v1:Secret", cluster: "hub", read: false };
        const planned = [
            { ...secret, name: "prod-cluster-secret", inputs: { metadata: { labels, annotations: { revision: "v1" } } } },
            { ...secret, name: "argocd-secret", inputs: { metadata: { labels: {} } } },
            { ...secret, name: "prod-agent-namespace", type: "kubernetes:core/v1:Namespace", inputs: { metadata: { labels } } },
        ];
        expect(registeredBy(planned, { prod: "arn:prod" })).to.deep.equal([
            { name: "arn:prod", labels, annotations: { revision: "v1" }, stack: "prod", server: "" },
        ]);
    });
});
