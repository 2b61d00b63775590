import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../lab/paths";
import { catalogue } from "../../lab/tools";
import { marker } from "../../scripts/preview/comment";
import { run } from "../../scripts/support/run";

interface Asked {
    readonly method: string | undefined;
    readonly url: string | undefined;
    readonly token: string | string[] | undefined;
    readonly body: string;
}

describe("the comment on a GitLab merge request", function () {
    // Each starts a program of its own.
    this.timeout(120_000);
    const asked: Asked[] = [];
    let notes: { id: number; body: string }[] = [];
    const folder = mkdtempSync(path.join(os.tmpdir(), "hubspoke-gitlab-"));
    const file = path.join(folder, "comment.md");
    const server = http.createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            asked.push({ method: request.method, url: request.url, token: request.headers["private-token"], body });
            const page = Number(/&page=(\d+)/.exec(request.url ?? "")?.[1] ?? 1);
            response.end(JSON.stringify(request.method === "GET" ? notes.slice((page - 1) * 100, page * 100) : {}));
        });
    });

    before(async () => {
        writeFileSync(file, `${marker}\nnew`);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    beforeEach(() => asked.splice(0));
    after(() => {
        server.close();
        rmSync(folder, { recursive: true });
    });

    function comment(env: Record<string, string> = {}) {
        const own = {
            CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
            CI_PROJECT_ID: "7",
            CI_MERGE_REQUEST_IID: "3",
            PREVIEW_COMMENT_TOKEN: "token",
        };
        const args = ["--import", "tsx", "scripts/gitlabComment/index.ts", file];
        return run(process.execPath, args, { cwd: projectRoot, env: { ...own, ...env } });
    }

    it("is added if there is none", async () => {
        notes = [{ id: 1, body: "a person's" }];
        const { ok, output } = await comment();
        expect(ok, output).to.equal(true);
        const { method, url, token, body } = asked.at(-1) ?? {};
        expect({ method, url, token }).to.deep.equal({ method: "POST", url: "/api/v4/projects/7/merge_requests/3/notes", token: "token" });
        expect(JSON.parse(body ?? "")).to.deep.equal({ body: `${marker}\nnew` });
    });

    it("is updated if there is one, also after a hundred others", async () => {
        notes = [...Array.from({ length: 100 }, (_, id) => ({ id, body: "a person's" })), { id: 500, body: `${marker}\nold` }];
        const { ok, output } = await comment();
        expect(ok, output).to.equal(true);
        expect(asked.map(({ method, url }) => `${method} ${url?.split("/notes")[1]}`)).to.deep.equal([
            "GET ?per_page=100&page=1",
            "GET ?per_page=100&page=2",
            "PUT /500",
        ]);
    });

    it("reports what is missing, and never the token", async () => {
        const { ok, output } = await comment({ CI_MERGE_REQUEST_IID: "" });
        expect(ok).to.equal(false);
        expect(output).to.match(/^CI_MERGE_REQUEST_IID is not set/m).and.not.include("PREVIEW_COMMENT_TOKEN=token");
    });
});

describe("the include for GitLab", () => {
    const jobs = parse(readFileSync(path.join(projectRoot, ".gitlab/preview.gitlab-ci.yml"), "utf8")) as Record<
        string,
        { image?: string; environment?: { name: string }; script?: string[]; rules?: { when?: string }[] }
    >;
    const github = parse(readFileSync(path.join(projectRoot, ".github/workflows/preview.yml"), "utf8")) as {
        jobs: Record<string, { steps: { id?: string; run?: string }[] }>;
    };
    const runs = (job: string) => (github.jobs[job]?.steps ?? []).flatMap(({ run: command }) => command ?? []);

    it("has the commands of GitHub's workflow", () => {
        expect(jobs["hubspoke:checks"]?.script).to.deep.equal(runs("checks"));
        const theirs = runs("preview").find((command) => command.includes("preview --"))?.replace(" $AGENT", "");
        const ours = jobs["hubspoke:preview"]?.script?.find((command) => command.includes("preview --"));
        expect(ours).to.equal(`${theirs} || STATUS=$?`);
    });

    it("has secrets only in a job that a person must start, in an environment", () => {
        expect(jobs["hubspoke:preview"]?.environment?.name).to.equal("preview");
        expect(jobs["hubspoke:preview"]?.rules?.map(({ when }) => when)).to.deep.equal(["manual"]);
        expect(jobs["hubspoke:checks"]).not.to.have.property("environment");
    });

    it("has the lab's version of the Pulumi CLI", () => {
        const version = catalogue.find(({ name }) => name === "pulumi")?.version;
        expect(jobs[".hubspoke"]?.image).to.equal(`pulumi/pulumi:${version}`);
    });
});
