import { hostname, userInfo } from "node:os";
import { expect } from "chai";
import { type Move, moveId } from "../../clusters/moves";
import { failoverStage, type FailoverStage, move, recordPath } from "./support/failoverStage";
import { failure } from "./support/failure";
import { printed } from "./support/printed";

describe("npm run failover, after earlier moves", () => {
    let stage: FailoverStage;
    const set = async (...given: Parameters<typeof failoverStage>) => {
        stage = await failoverStage(...given);
    };
    const record = (...moves: Move[]) => stage.hub.objects.set(recordPath, { data: { "moves.json": JSON.stringify(moves) } });
    const recorded = async () => (await stage.moves()).map(({ from, to, state }) => `${from} ${to} ${state}`);
    afterEach(() => stage.end());

    it("moves nobody to the cluster where a move of users has ended", async () => {
        await set();
        record(move("dr", "prod"));
        const { result } = await printed(() => failure(stage.failover({ to: "prod" })));
        expect(result).to.equal("users are already on prod (hubspoke:traffic.active)");
        expect(await recorded()).to.deep.equal(["dr prod done"]);
    });

    it("keeps a move that ended, and one that stopped on the way to another cluster", async () => {
        await set();
        record(move("prod", "dr"));
        await printed(() => stage.failover());
        expect(await recorded()).to.deep.equal(["prod dr done", "prod dr done"]);
        await stage.end();

        await set();
        record(move("prod", "eu", { state: "begun" }));
        await printed(() => stage.failover());
        expect(await recorded()).to.deep.equal(["prod dr done", "prod eu begun"]);
    });

    it("continues a move that stopped before the change of the stack file, as one move", async () => {
        await set();
        record(move("prod", "dr", { state: "begun" }), move("eu", "prod"));
        await printed(() => stage.failover());
        expect(await recorded()).to.deep.equal(["prod dr done", "eu prod done"]);
        expect(stage.traffic()).to.deep.equal({ active: "dr", ttl: 30 });
    });

    it("acknowledges the last move where the new one contradicts it", async () => {
        await set();
        const last = move("eu", "prod");
        record(last);
        await printed(() => stage.failover());
        expect(stage.traffic()).to.deep.equal({ active: "dr", ttl: 30, acknowledge: moveId(last) });
    });

    it("leads back to where users came from in the last move to their cluster, whatever was tried since", async () => {
        await set();
        record(move("prod", "eu", { state: "begun" }), move("dr", "prod"), move("eu", "prod"));
        await printed(() => stage.failover({ to: { back: true } }));
        expect(stage.traffic().active).to.equal("dr");
    });

    const { GITHUB_ACTOR: actor } = process.env;
    const setActor = (name: string | undefined) => {
        if (name === undefined) {
            delete process.env.GITHUB_ACTOR;
        } else {
            process.env.GITHUB_ACTOR = name;
        }
    };
    for (const [name, by] of [["octocat", "octocat"], [undefined, `${userInfo().username}@${hostname()}`]] as const) {
        it(`names ${name === undefined ? "the user and the machine" : "the workflow's actor"}, in the lock too`, async () => {
            const holders: unknown[] = [];
            await set({}, ({ method, path, body }) => {
                if (method === "POST" && path.endsWith("/leases")) {
                    holders.push((JSON.parse(body) as { spec: { holderIdentity: string } }).spec.holderIdentity);
                }
                return undefined;
            });
            setActor(name);
            try {
                await printed(() => stage.failover());
            } finally {
                setActor(actor);
            }
            expect((await stage.moves())[0]?.by).to.equal(by);
            expect(holders).to.have.length(1);
            expect(String(holders[0]).replace(/ \([0-9a-f]{8}\)$/, "")).to.equal(`${by}: prod to dr`);
        });
    }

    it("says what remains for a database without a hook", async () => {
        await set();
        const { lines } = await printed(() => stage.failover());
        expect(lines).to.include("  the database: no hook was run. Make dr's database the primary, and prod's read-only");
    });

    it("shows the whole command of the hook with --dry-run", async () => {
        await set({ traffic: { hooks: { database: ["promote-database", "--to", "dr"] } } });
        const { lines } = await printed(() => stage.failover({ dryRun: true }));
        expect(lines).to.include("  run for the database: promote-database --to dr");
        expect(lines).to.include("dr: pulumi can move the name, and would change nothing else");
    });

    it("refuses --dry-run too while another run moves users", async () => {
        let version = 0;
        const held = () => ({ metadata: { resourceVersion: String(++version) }, spec: { holderIdentity: "bob: prod to eu" } });
        await set({}, ({ method, path }) => (method === "GET" && path.endsWith("/leases/hubspoke-failover") ? held() : undefined));
        const { result } = await printed(() => failure(stage.failover({ dryRun: true })));
        expect(result).to.match(/^another run is moving users: bob: prod to eu, /);
    });
});
