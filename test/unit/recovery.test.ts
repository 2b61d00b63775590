import { expect } from "chai";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { nameOf } from "../../clusters/names";
import { decide, type Found, sentence } from "../../scripts/recover/decisions";
import { holderOf, type Lock, locksIn } from "../../scripts/recover/lock";
import { questionOf } from "../../scripts/recover/questions";
import { type PendingOperation, settled, type State, type StateResource } from "../../scripts/support/state";

const urnOf = (type: string, name: string) => `urn:pulumi:staging::hubspoke::hubspoke:index:Spoke$${type}::${name}`;
const provider = `${urnOf("pulumi:providers:kubernetes", "staging")}::7c1e`;
const mark = "organization/hubspoke/staging";

function resource(type: string, name: string, more: Partial<StateResource> = {}): StateResource {
    return { urn: urnOf(type, name), type, ...more };
}

const namespace = resource("kubernetes:core/v1:Namespace", "staging-agent-namespace", {
    provider,
    inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "agent", annotations: { "hubspoke/stack": mark } } },
});

const token = resource("kubernetes:core/v1:Secret", "staging-manager-token-1", {
    provider,
    inputs: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "argocd-manager-x", namespace: "argocd-manager", annotations: { "hubspoke/stack": mark } },
    },
});

const release = resource("kubernetes:helm.sh/v3:Release", "argocd-release", {
    provider,
    inputs: { name: "argocd", namespace: "argocd" },
});

/** What becomes of an operation, given what stands on the cluster. */
function settle(type: PendingOperation["type"], made: StateResource, found?: Found, known: StateResource[] = []) {
    return decide(questionOf({ type, resource: made }, known), found);
}

describe("an interrupted operation", () => {
    const ours: Found = { mark, deleting: false };
    const encrypted = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:…" };
    const cases: [string, ReturnType<typeof settle>, "forget" | "adopt" | "refuse", RegExp][] = [
        ["an update", settle("updating", namespace, ours), "forget", /the next run repeats it/],
        ["a deletion", settle("deleting", namespace, ours), "forget", /the next run repeats it/],
        ["a read", settle("reading", namespace), "forget", /the next run repeats it/],
        ["an import", settle("importing", namespace), "forget", /the next run repeats it/],
        ["a creation that did not come to it", settle("creating", namespace), "forget", /never created/],
        ["a creation that was done", settle("creating", namespace, ours), "adopt", /Namespace agent on staging is this stack's/],
        ["what exists unmarked", settle("creating", namespace, { mark: undefined, deleting: false }), "refuse",
            /Namespace agent on staging exists, and it names no stack that created it/],
        ["what another stack made", settle("creating", token, { mark: "organization/hubspoke/prod", deleting: false }),
            "refuse", /Secret argocd-manager\/argocd-manager-x on staging exists, and stack organization\/hubspoke\/prod created/],
        ["what the program does not mark",
            settle("creating", { ...namespace, inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "agent" } } },
                { mark: undefined, deleting: false }), "refuse", /names no stack/],
        ["what is on its way out", settle("creating", namespace, { mark, deleting: true }), "refuse", /is being deleted. Wait/],
        ["what a later run made", settle("creating", namespace, ours, [namespace]), "forget", /a later run created it/],
        ["what is to replace another", settle("creating", token, ours,
            [{ ...token, inputs: { ...token.inputs, metadata: { name: "argocd-manager-w" } } }]), "adopt", /is this stack's/],
        ["what replaces a deleted one", settle("creating", namespace, ours, [{ ...namespace, pendingReplacement: true }]),
            "adopt", /is this stack's/],
        ["a secret name", settle("creating", { ...namespace, inputs: { ...namespace.inputs, metadata: encrypted } }),
            "refuse", /does not show in plain text/],
        ["a release that Helm does not know", settle("creating", release), "forget", /never created/],
        ["a release that Helm knows", settle("creating", release, { mark: undefined, deleting: false }), "refuse",
            /helm uninstall argocd --namespace argocd/],
        ["a random name", settle("creating", resource("random:index/randomString:RandomString", "x")), "forget", /only in the state/],
        ["a component", settle("creating", resource("hubspoke:index:Spoke", "staging")), "forget", /only in the state/],
        ["a provider", settle("creating", resource("pulumi:providers:kubernetes", "hub")), "forget", /only in the state/],
        ["a proof", settle("creating", resource("pulumi-nodejs:dynamic/hubspoke:access", "x")), "forget", /only checks/],
        ["a drain", settle("creating", resource("pulumi-nodejs:dynamic/hubspoke:drain", "x")), "forget", /only on deletion/],
        ["what nobody thought of", settle("creating", resource("aws:s3/bucket:Bucket", "x")), "refuse",
            /an interrupted aws:s3\/bucket:Bucket can leave unknown objects/],
        ["an unknown dynamic resource", settle("creating", resource("pulumi-nodejs:dynamic/hubspoke:payment", "x")), "refuse",
            /can leave unknown objects/],
    ];
    for (const [name, decision, what, why] of cases) {
        it(`becomes right: ${name}`, () => {
            expect(decision.what).to.equal(what);
            expect(decision.why).to.match(why);
        });
    }

    it("is searched by its name on its cluster", () => {
        expect(questionOf({ type: "creating", resource: token }, [])).to.deep.equal({
            ask: "object",
            object: {
                apiVersion: "v1", kind: "Secret", namespace: "argocd-manager", name: "argocd-manager-x", cluster: "staging", mark,
            },
        });
        expect(settle("creating", token, ours)).to.include({ id: "argocd-manager/argocd-manager-x" });
        expect(settle("creating", namespace, ours)).to.include({ id: "agent" });
    });

    it("is described with its object and its decision", () => {
        expect(sentence({ type: "creating", resource: namespace }, settle("creating", namespace, ours))).to.equal(
            "creating staging-agent-namespace was interrupted: Namespace agent on staging is this stack's, and is adopted into the state",
        );
    });
});

describe("a state after recovery", () => {
    const stateOf = (resources: StateResource[], pending: PendingOperation[]): State => ({
        version: 3,
        deployment: { resources, pending_operations: pending },
    });
    const made = new Map([[namespace.urn, "agent"]]);
    const resourcesOf = ({ deployment }: State) => deployment.resources ?? [];

    it("has what was created, with its id, and no pending operation", () => {
        const before = resource("pulumi:providers:kubernetes", "staging", { id: "7c1e" });
        const after = settled(
            stateOf([before], [{ type: "creating", resource: namespace }, { type: "creating", resource: token }]),
            made,
        );
        expect(after.deployment.pending_operations).to.deep.equal([]);
        expect(resourcesOf(after)).to.deep.equal([before, { ...namespace, id: "agent" }]);
    });

    it("has it once, after any number of interruptions", () => {
        const twice: PendingOperation = { type: "creating", resource: namespace };
        expect(resourcesOf(settled(stateOf([], [twice, twice]), made))).to.have.length(1);
    });

    it("has it in place of one that was deleted for replacement, before what depends on it", () => {
        const dependent = resource("kubernetes:core/v1:Secret", "inside", { dependencies: [namespace.urn] });
        const old = { ...namespace, id: "agent", pendingReplacement: true };
        const after = settled(stateOf([old, dependent], [{ type: "creating", resource: namespace }]), made);
        expect(resourcesOf(after)).to.deep.equal([{ ...namespace, id: "agent" }, dependent]);
    });

    it("keeps one that it replaces, to be deleted", () => {
        const old = { ...namespace, id: "agent-before" };
        const after = settled(stateOf([old], [{ type: "creating", resource: namespace }]), made);
        expect(resourcesOf(after)).to.have.deep.members([{ ...namespace, id: "agent" }, { ...old, delete: true }]);
    });

    it("keeps the order of dependencies", () => {
        const byParent = resource("a:b:C", "parent", { parent: namespace.urn });
        const byProperty = resource("a:b:C", "property", { propertyDependencies: { x: [namespace.urn], y: null } });
        const byProvider = resource("a:b:C", "provider", { provider: `${namespace.urn}::agent` });
        const old = { ...namespace, id: "agent", pendingReplacement: true };
        const after = settled(
            stateOf([byParent, byProperty, byProvider, old], [{ type: "creating", resource: namespace }]),
            made,
        );
        expect(resourcesOf(after).map(({ urn }) => nameOf(urn))).to.deep.equal([
            "staging-agent-namespace", "parent", "property", "provider",
        ]);
    });
});

describe("a lock of Pulumi's file backend", () => {
    const lock: Lock = { pid: process.pid, username: "root", hostname: os.hostname(), timestamp: "2026-01-01T00:00:00Z" };
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hubspoke-locks-"));
    after(() => fs.rmSync(folder, { recursive: true }));

    it("is found by the stack's full name", () => {
        const locks = path.join(folder, ".pulumi", "locks", "organization", "hubspoke", "staging");
        fs.mkdirSync(locks, { recursive: true });
        fs.writeFileSync(path.join(locks, "3f0c.json"), JSON.stringify(lock));
        expect(locksIn(folder, "organization/hubspoke/staging")).to.deep.equal([lock]);
        expect(locksIn(folder, "organization/hubspoke/prod")).to.deep.equal([]);
    });

    it("is dead if its process has ended, or its id belongs to another program now", () => {
        expect(holderOf({ ...lock, pid: 2 ** 22 + 1 })).to.equal("dead");
        expect(holderOf(lock)).to.equal("dead");
    });

    it("is held while a pulumi process with that id runs", () => {
        const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)", "pulumi", "up"], { stdio: "ignore" });
        expect(holderOf({ ...lock, pid: child.pid ?? 0 })).to.equal("alive");
        child.kill("SIGKILL");
    });

    it("is held while any process has that id, on a system without facts about processes, as Windows", () => {
        const { PATH } = process.env;
        const platform = Object.getOwnPropertyDescriptor(process, "platform")!;
        Object.defineProperty(process, "platform", { ...platform, value: "win32" });
        process.env.PATH = folder;
        try {
            expect(holderOf(lock)).to.equal("alive");
            expect(holderOf({ ...lock, pid: 2 ** 22 + 1 })).to.equal("dead");
        } finally {
            Object.defineProperty(process, "platform", platform);
            process.env.PATH = PATH;
        }
    });

    it("cannot be judged from another machine", () => {
        expect(holderOf({ ...lock, hostname: "ci-runner-7" })).to.equal("elsewhere");
    });
});
