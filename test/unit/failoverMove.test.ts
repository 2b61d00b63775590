import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { type Move, moveId } from "../../clusters/moves";
import { applications, failoverStage, type FailoverStage, move, recordPath } from "./support/failoverStage";
import { failure } from "./support/failure";
import { printed } from "./support/printed";

const lease = "apis/coordination.k8s.io/v1/namespaces/argocd/leases/hubspoke-failover";

describe("npm run failover", () => {
    let stage: FailoverStage;
    const set = async (...given: Parameters<typeof failoverStage>) => {
        stage = await failoverStage(...given);
    };
    const record = (...moves: Move[]) => stage.hub.objects.set(recordPath, { data: { "moves.json": JSON.stringify(moves) } });
    const ups = () => stage.pulumi.calls().filter((call) => call.startsWith("up "));
    const fail = async (request?: Parameters<FailoverStage["failover"]>[0]) => {
        const { result } = await printed(() => failure(stage.failover(request)));
        return result;
    };
    const { KUBECONFIG: ownKubeconfig } = process.env;
    afterEach(async () => {
        if (ownKubeconfig === undefined) {
            delete process.env.KUBECONFIG;
        } else {
            process.env.KUBECONFIG = ownKubeconfig;
        }
        await stage.end();
    });

    it("checks, records, runs the hook, moves the name and waits for it, in this order", async () => {
        // The hook writes down what the hub and Pulumi know at that moment.
        const note = 'require("fs").appendFileSync(process.env.PULUMI_OPTION_CWD + "/calls", `hook ${process.env.HUBSPOKE_FROM} ${process.env.HUBSPOKE_TO} ${process.env.HUBSPOKE_REASON}\\n`)';
        await set({ traffic: { hooks: { database: [process.execPath, "-e", note] } } });
        const { lines } = await printed(() => stage.failover());

        expect(stage.pulumi.calls().map((call) => call.replace(/ .*/, ""))).to.deep.equal(
            ["config", "config", "config", "refresh", "preview", "hook", "up"],
        );
        expect(stage.pulumi.calls()).to.include("hook prod dr a drill");
        const [, , , refresh, , , up] = stage.pulumi.calls();
        const record = "urn:pulumi:**$hubspoke:index:Traffic$kubernetes:externaldns.k8s.io/v1alpha1:DNSEndpoint::**";
        expect(refresh).to.match(/^refresh --yes --skip-preview --target (\S+) /).and.include(record);
        expect(up).to.match(/^up --yes --skip-preview --plan \S+ --target (\S+) /).and.include(record);
        expect(stage.traffic()).to.deep.equal({ active: "dr", ttl: 30, hooks: { database: [process.execPath, "-e", note] } });

        const [done, ...earlier] = await stage.moves();
        expect(earlier).to.deep.equal([]);
        expect(done).to.include({ from: "prod", to: "dr", why: "a drill", automatic: false, state: "done" });
        expect(done).not.to.have.property("unknown");
        expect(done?.seconds).to.be.within(0, 60);
        const events = [...stage.hub.objects].filter(([path]) => path.includes("/events/")).map(([, { reason }]) => reason);
        expect(events).to.deep.equal(["FailoverBegun", "FailoverDone"]);
        expect(stage.hub.objects.has(lease)).to.equal(false);

        expect(lines).to.include("dr: Argo CD is connected to dr").and.include("dr: dr runs abc, like prod");
        expect(lines).to.include(`hubspoke:traffic.active becomes dr in ${stage.pulumi.file("hub")}; bringing up the DNS record …`);
        expect(lines.join("\n")).to.match(/\nagent\.example\.com resolves to agent\.dr\.example\.com, \d+\.\d s after the decision\n/);
        expect(lines.slice(-5)).to.deep.equal([
            "Users of agent.example.com go to dr. What remains:",
            "  commit the stack file of hub: pulumi refuses to bring the hub up from a checkout without the move",
            "  the database: the hook has run. Make sure that prod cannot write to it",
            "  DNS caches: some users still reach prod for up to 30 s",
            "  the way back: users do not move back automatically. Use npm run failover -- --back",
        ]);
    });

    /** A cluster that the kubeconfig does not have, as when its cloud is lost. */
    const withLost = async (cluster: "prod" | "dr") => {
        await set({ [cluster]: { kubeconfig: undefined, context: "lost" } });
        process.env.KUBECONFIG = stage.pulumi.file("kubeconfig");
        writeFileSync(process.env.KUBECONFIG, stage.hub.kubeconfig);
    };

    it("moves users of a cluster that the kubeconfig does not have, and records that", async () => {
        await withLost("prod");
        await printed(() => stage.failover());
        expect(stage.traffic().active).to.equal("dr");
        expect((await stage.moves())[0]?.unknown).to.match(
            /^prod was not asked how many replicas it has: hubspoke:clusters\.prod\.context: .* no context "lost"/,
        );
    });

    it("does not move users to such a cluster, and names its setting", async () => {
        await withLost("dr");
        expect(await fail()).to.match(/hubspoke:clusters\.dr\.context: the kubeconfig has no context "lost"/);
        expect(stage.traffic().active).to.equal("prod");
    });

    it("only says what it would do with --dry-run, and where the name points", async () => {
        await set();
        const before = readFileSync(stage.pulumi.file("hub"), "utf8");
        const { lines } = await printed(() => stage.failover({ dryRun: true }));
        expect(lines.slice(-5)).to.deep.equal([
            "agent.example.com points to agent.prod.example.com. Nothing was changed. Without --dry-run this would:",
            "  write the move into the ConfigMap failover-record on the hub, and an Event",
            "  run for the database: nothing (traffic.hooks.database is not set)",
            "  set hubspoke:traffic.active to dr in the stack file of hub, and run pulumi up for that DNS record only",
            "  wait until agent.example.com resolves to agent.dr.example.com",
        ]);
        expect(readFileSync(stage.pulumi.file("hub"), "utf8")).to.equal(before);
        expect(ups()).to.deep.equal([]);
        expect(stage.hub.changes).to.deep.equal([`PATCH ${applications}/agent-dr`]);
    });

    const refused: [name: string, given: Parameters<typeof failoverStage>[0], to: string, error: RegExp][] = [
        ["users are there already", {}, "prod", /^users are already on prod \(hubspoke:traffic\.active\)$/],
        ["no stack registered the cluster", {}, "moon", /^no stack registered a cluster "moon" on the hub\. The clusters are (prod, dr|dr, prod)$/],
        ["the hub has no name for users", { hub: { traffic: undefined } }, "dr", /^hubspoke:traffic is not set on the hub, .*See docs\/failover\.md$/],
        ["the target is in quarantine", { dr: { quarantined: true } }, "dr", /users stay on prod:\n\s+dr is in quarantine.* Lift that: npm run quarantine -- dr --cluster dr --lift$/],
        ["the target has no probe", { dr: { probe: { agent: false } } }, "dr", /its settings have no probe of the agent/],
    ];
    /** The registration of a cluster that `argocd cluster add` made. */
    const byHand = {
        metadata: { name: "cluster-byhand", labels: { "argocd.argoproj.io/secret-type": "cluster" } },
        data: { name: Buffer.from("byhand").toString("base64"), server: Buffer.from("https://byhand.example.com").toString("base64") },
    };
    for (const [name, given, to, error] of refused) {
        it(`moves nobody if ${name}`, async () => {
            await set(given);
            stage.hub.objects.set("api/v1/namespaces/argocd/secrets/cluster-byhand", byHand);
            expect(await fail({ to })).to.match(error);
            expect(ups()).to.deep.equal([]);
            expect(await stage.moves()).to.deep.equal([]);
            expect(stage.hub.objects.has(lease)).to.equal(false);
        });
    }

    it("says all reasons against the target at once, and does not wait for Argo CD then", async () => {
        await set();
        stage.agents.dr = 503;
        stage.hub.objects.delete(`${applications}/agent-dr`);
        stage.pulumi.planned([{ op: "delete", urn: "urn:pulumi:hub::hubspoke::a:b:C::other", type: "a:b:C" }]);
        const message = await fail();
        expect(message).to.match(/users stay on prod:\n\s+the agent on dr does not serve users: \S+ answers 503\n/);
        expect(message).to.match(/^\s+the hub has no Application agent-dr$/m);
        expect(message).to.match(/besides the failover, this would change in the stack hub:\n.*other/);
        expect(stage.hub.changes.filter((change) => change.includes("applications"))).to.deep.equal([]);
    });

    it("refuses the stack of an environment, and a cluster that its stack no longer has", async () => {
        await set();
        expect(await fail({ stack: "prod" })).to.equal("prod is the stack of an environment. Name the hub's stack");
        const path = "api/v1/namespaces/argocd/secrets/cluster-dr";
        const secret = stage.hub.objects.get(path)!;
        stage.hub.objects.set(path, { ...secret, metadata: { ...secret.metadata, annotations: { "hubspoke/stack": "a/b/prod" } } });
        expect(await fail()).to.equal("the stack prod registered dr, but its settings no longer contain it. Add it there again");
    });

    it("leads back to the cluster that users left, and says in the stack file which move that contradicts", async () => {
        await set({ traffic: { active: "dr" } });
        expect(await fail({ to: { back: true } })).to.equal(
            "users are on dr, and no move to dr is recorded. Name the target with --to",
        );
        const earlier = [move("prod", "dr"), move("eu", "prod")];
        record(...earlier);
        // The name of this stage points to prod until Pulumi has moved it.
        await printed(() => stage.failover({ to: { back: true }, why: "it is well again" }));
        expect(stage.traffic()).to.deep.equal({ active: "prod", ttl: 30, acknowledge: moveId(earlier[0]!) });
        const [latest, ...others] = await stage.moves();
        expect(latest).to.include({ from: "dr", to: "prod", state: "done" });
        expect(others).to.deep.equal(earlier);
    });

    it("continues a move that stopped after the change of the stack file, as one move", async () => {
        await set({ traffic: { active: "dr" } });
        record(move("prod", "dr", { state: "begun" }), move("eu", "prod"));
        await printed(() => stage.failover());
        const moves = await stage.moves();
        expect(moves.map(({ from, to, state }) => `${from} ${to} ${state}`)).to.deep.equal(["prod dr done", "eu prod done"]);
        expect(stage.traffic()).to.deep.equal({ active: "dr", ttl: 30 });
    });

    it("restores the stack file if Pulumi fails, and is recorded as begun: run it again", async () => {
        await set();
        const before = readFileSync(stage.pulumi.file("hub"), "utf8");
        stage.pulumi.fail("up", "error: a webhook denied the request");
        const message = await fail();
        expect(message).to.match(/^the name was not moved, and \S+Pulumi\.hub\.yaml names prod as active again\. /);
        expect(message).to.match(/run the failover again: .*\n.*a webhook denied/);
        expect(readFileSync(stage.pulumi.file("hub"), "utf8")).to.equal(before);
        expect(await stage.moves()).to.have.length(1).and.have.nested.property("[0].state", "begun");
        expect(stage.hub.objects.has(lease)).to.equal(false);
    });

    it("leaves the name if the hook of the database fails", async () => {
        await set({ traffic: { hooks: { database: [process.execPath, "-e", "process.exit(1)"] } } });
        expect(await fail()).to.match(/^traffic\.hooks\.database failed, so users stay on prod/);
        expect(ups()).to.deep.equal([]);
        expect(stage.traffic().active).to.equal("prod");
    });

    it("says how to recover the stack if a dead run of Pulumi holds it, and that nothing was changed", async () => {
        await set();
        stage.pulumi.fail("refresh", "error: the stack is currently locked by 1 lock(s)");
        const message = await fail();
        expect(message).to.match(/the hub's stack cannot be brought up now: [^]*currently locked/);
        expect(message).to.match(/If that run is dead: npm run recover -- hub$/);
        stage.pulumi.fail("refresh", "error: no such backend");
        expect(await fail()).to.match(/no such backend$/);
        expect(await stage.moves()).to.deep.equal([]);
    });

    it("decides nothing on what another run has changed since it looked", async () => {
        await set({}, ({ method, path }, objects) => {
            if (method === "POST" && path.endsWith("/leases")) {
                objects.set(recordPath, { data: { "moves.json": JSON.stringify([move("prod", "eu")]) } });
            }
            return undefined;
        });
        const message = await fail();
        expect(message).to.match(/^another run is moving users, or has moved them: .* ada: prod to eu, done: /);
        expect(ups()).to.deep.equal([]);
        expect(await stage.moves()).to.have.length(1);
    });

    it("moves users while Git is away, and records what it could not check", async () => {
        const conditions = [{ type: "ComparisonError", message: "Failed to load target state: dial tcp: connection refused" }];
        await set({}, ({ method, path }, objects) => {
            if (method === "PATCH" && path.endsWith("/agent-dr")) {
                const known = objects.get(path.slice(1))!;
                objects.set(path.slice(1), { ...known, status: { ...(known.status as object), sync: { status: "Unknown" }, conditions } });
            }
            return undefined;
        });
        const { lines } = await printed(() => stage.failover());
        const unknown = "Git did not answer, so agent-dr was checked at its last known revision";
        expect(await stage.moves()).to.have.nested.property("[0].unknown", unknown);
        expect(lines).to.include(`dr: ${unknown}`);
    });

    it("says that the lock was left, if its release fails", async () => {
        await set({}, ({ method, path }) =>
            method === "DELETE" && path === `/${lease}` ? { kind: "Status", code: 500, message: "" } : undefined,
        );
        const { lines } = await printed(() => stage.failover());
        expect(lines.join("\n")).to.match(/\nthe lock was not released: .* answers 500/);
    });
});
