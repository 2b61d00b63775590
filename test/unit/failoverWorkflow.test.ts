import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { mock } from "node:test";
import { projectRoot } from "../../lab/paths";
import { FailoverWorkflow } from "../../scripts/failoverReceiver/workflow";
import { failure } from "./support/failure";
import { printed } from "./support/printed";

const minute = 60_000;
const noon = Date.parse("2026-01-01T12:00:00Z");
const repository = "owner/repository";
const ofRepository = `/repos/${repository}`;
const ownVariable = `${ofRepository}/actions/variables/HUBSPOKE_FAILOVER`;
const sharedVariables = `${ofRepository}/actions/organization-variables?per_page=30`;
const dispatches = `${ofRepository}/dispatches`;

type Reply = readonly [status: number, body?: object];

describe("the workflow that a receiver of alerts starts on GitHub", () => {
    let replies: Record<string, Reply | Reply[]>;
    const asked: { method: string; path: string; token: string; body: string }[] = [];
    const said: string[] = [];
    const server = http.createServer((request, response) => {
        void text(request).then((body) => {
            const { method = "", url = "", headers } = request;
            asked.push({ method, path: url, token: headers.authorization ?? "", body });
            const reply = replies[url] ?? [404];
            const next = Array.isArray(reply[0]) ? (reply as Reply[]).shift() : (reply as Reply);
            const [status, answer = {}] = next ?? [500];
            response.writeHead(status).end(status === 204 ? undefined : JSON.stringify(answer));
        });
    });

    before(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
    after(() => server.close());
    afterEach(() => mock.timers.reset());
    beforeEach(() => {
        asked.splice(0);
        said.splice(0);
        replies = { [ofRepository]: [200], [ownVariable]: [200, { value: "true" }], [dispatches]: [204] };
    });

    function workflow(token = "the-token"): FailoverWorkflow {
        const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        return new FailoverWorkflow({ api, repository, token, say: (line) => said.push(line) });
    }

    it("can be started where the token reads the repository, and the variable of the workflow is true", async () => {
        await workflow().check();
        expect(asked.map(({ method, path, token }) => `${method} ${path} ${token}`)).to.deep.equal([
            `GET ${ofRepository} Bearer the-token`,
            `GET ${ownVariable} Bearer the-token`,
        ]);
        expect(said).to.deep.equal([]);
        const file = readFileSync(path.join(projectRoot, ".github/workflows/failover.yml"), "utf8");
        expect(file).to.include("if: vars.HUBSPOKE_FAILOVER == 'true'");
    });

    const shared = (value: string, total = 1) => [200, { total_count: total, variables: [{ name: "HUBSPOKE_FAILOVER", value }] }] as const;
    const refused: [name: string, replies: Record<string, Reply>, reason: RegExp][] = [
        ["an expired token", { [ofRepository]: [401] }, /^--dispatch owner\/repository: GitHub answers 401 to GITHUB_TOKEN\. Correct the name, or set a token/],
        ["a repository that the token does not see", { [ofRepository]: [404] }, /GitHub answers 404 to GITHUB_TOKEN/],
        ["the variable without a value", { [ownVariable]: [404], [sharedVariables]: [200, { total_count: 0, variables: [] }] }, /HUBSPOKE_FAILOVER is not set, so failover\.yml would not run\. Set it to true/],
        ["the same, of a person's repository", { [ownVariable]: [404] }, /HUBSPOKE_FAILOVER is not set/],
        ["the variable with another value", { [ownVariable]: [200, { value: "yes" }] }, /HUBSPOKE_FAILOVER is "yes"/],
        ["the same, of the organization", { [ownVariable]: [404], [sharedVariables]: shared("false") }, /HUBSPOKE_FAILOVER is "false"/],
    ];
    for (const [name, more, reason] of refused) {
        it(`is refused at the start with ${name}`, async () => {
            replies = { ...replies, ...more };
            expect(await failure(workflow().check())).to.match(reason).and.not.include("the-token");
        });
    }

    it("is refused at the start without a token, and GitHub is not asked", async () => {
        expect(await failure(workflow("").check())).to.match(/^GITHUB_TOKEN is not set, and --dispatch needs it\. Set a token that may write/);
        expect(asked).to.deep.equal([]);
    });

    it("takes the variable of the organization, in any case of its letters, as the workflow does", async () => {
        replies = { ...replies, [ownVariable]: [404], [sharedVariables]: shared("True") };
        await workflow().check();
        expect(said).to.deep.equal([]);
    });

    const unreadable: [name: string, replies: Record<string, Reply>][] = [
        ["it has not the right to read variables", { [ownVariable]: [403] }],
        ["it has not that right for the organization's", { [ownVariable]: [404], [sharedVariables]: [403] }],
        ["the organization has more than one page", { [ownVariable]: [404], [sharedVariables]: [200, { total_count: 31, variables: [] }] }],
    ];
    for (const [name, more] of unreadable) {
        it(`may be started with a token that cannot tell the variable, as ${name}, which is said`, async () => {
            replies = { ...replies, ...more };
            await workflow().check();
            expect(said.join("\n")).to.match(/^GITHUB_TOKEN may not read .*see yourself that HUBSPOKE_FAILOVER is true there/);
        });
    }

    it("waits at the start for a GitHub that is briefly away", async () => {
        replies[ofRepository] = [[503], [200]];
        const { lines } = await printed(() => workflow().check());
        expect(lines.join("\n")).to.match(/^GitHub does not answer, or is in use; waiting for it for at most 120 s$/);
        expect(asked.map(({ path }) => path)).to.deep.equal([ofRepository, ofRepository, ownVariable]);
    });

    it("gets one request for an outage while its run may be on its way, and one for the next outage", async () => {
        mock.timers.enable({ apis: ["Date"], now: noon });
        const one = workflow();
        const sent = () => asked.map(({ body }) => /"reason":"([^"]*)"/.exec(body)?.[1]);
        await one.start("dr", "first", noon);
        await one.start("dr", "again", noon);
        mock.timers.setTime(noon + 15 * minute - 1);
        await one.start("dr", "again", noon);
        expect(sent()).to.deep.equal(["first"]);
        expect(said.at(-1)).to.equal(
            "GitHub was asked at 2026-01-01T12:00:00.000Z for the failover of this outage, and is asked again after 2026-01-01T12:15:00.000Z",
        );
        await one.start("dr", "the next outage", noon + 10 * minute);
        mock.timers.setTime(noon + 30 * minute);
        await one.start("dr", "still", noon + 10 * minute);
        expect(sent()).to.deep.equal(["first", "the next outage", "still"]);
        expect(asked[0]).to.deep.equal({
            method: "POST",
            path: dispatches,
            token: "Bearer the-token",
            body: '{"event_type":"failover","client_payload":{"to":"dr","reason":"first"}}',
        });
    });

    it("is requested again when GitHub has refused, or has not answered", async () => {
        replies[dispatches] = [[401], [502], [204]];
        const one = workflow();
        expect(await failure(one.start("dr", "", noon))).to.match(/^GitHub answers 401 to the request .*Set a GITHUB_TOKEN/);
        expect(await failure(one.start("dr", "", noon))).to.equal("GitHub answers 502");
        await one.start("dr", "", noon);
        expect(said).to.deep.equal(["GitHub has the request for the workflow failover.yml of owner/repository"]);
    });
});
