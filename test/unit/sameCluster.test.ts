import { expect } from "chai";
import { uidAnnotation } from "../../clusters/names";
import type { Registration } from "../../clusters/registrations";
import { refuseOtherClusters, servedConfirmations, uidsOf, warnOfUnknown } from "../../preflight/sameCluster";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { registration } from "./support/registration";
import { told } from "./support/told";

const [a, b] = ["0f1d2c3b-4a59-4687-9786-a5b4c3d2e1f0", "11111111-2222-4333-8444-555555555555"] as const;
const stack = "organization/hubspoke/prod";
const stackOfDr = "organization/hubspoke/dr";
const url = (name: string) => `https://${name}.example.com`;

/** A registration whose UID the hub has. */
const of = (cluster: string, uid: string, given: Partial<Registration> = {}) =>
    registration({ cluster, server: url(cluster), stack, annotations: { [uidAnnotation]: uid }, ...given });

const settingsOf = (clusters: Record<string, object>) =>
    parseSettings({
        role: "environment",
        environment: "prod",
        hub: { context: "hub" },
        clusters: Object.fromEntries(
            Object.entries(clusters).map(([name, more]) => [name, { context: name, labels: { region: "eu" }, ...more }]),
        ),
    }) as EnvironmentSettings;

/** The clusters as their kubeconfigs lead to them. */
const found = (uids: Record<string, string | undefined>) =>
    Object.entries(uids).map(([name, uid]) => ({ name, server: url(name), uid }));

/** What the check says; empty where it accepts the clusters. */
function check(uids: Record<string, string | undefined>, existing: readonly Registration[], settings = {}): string {
    const clusters = Object.fromEntries(Object.keys(uids).map((name) => [name, {}]));
    try {
        refuseOtherClusters(settingsOf({ ...clusters, ...settings }), found(uids), existing, stack);
        return "";
    } catch (error) {
        return (error as Error).message;
    }
}

describe("two clusters of one stack", () => {
    it("are compared each with its own registration", () => {
        expect(check({ prod: a, other: b }, [of("prod", a), of("other", b)])).to.equal("");
        expect(check({ prod: a, other: b }, [of("other", b), of("prod", a)])).to.equal("");
    });

    it("are refused with each problem on its line", () => {
        const confirm = (uid: string) => `If that is meant, write \`uid: ${uid}\` for this cluster`;
        expect(check({ prod: b, other: a }, [of("prod", a), of("other", b)])).to.equal(
            `hubspoke:clusters.prod: the kubeconfig leads to the cluster ${b}, but the hub has registered ${a}. ${confirm(b)}\n` +
                `  hubspoke:clusters.other: the kubeconfig leads to the cluster ${a}, but the hub has registered ${b}. ${confirm(a)}`,
        );
    });

    it("may be new, and must not be one cluster", () => {
        expect(check({ prod: a, other: b }, [])).to.equal("");
        expect(check({ prod: undefined, other: undefined }, [])).to.equal("");
        const twice = "two agents on one cluster would compete. Correct the context, or remove one of the two";
        const line = (name: string, twin: string) =>
            `hubspoke:clusters.${name}: the kubeconfig leads to the cluster ${a}, which is clusters.${twin} already, ` +
            `at another URL: ${twice}`;
        expect(check({ prod: a, other: a }, [])).to.equal(`${line("prod", "other")}\n  ${line("other", "prod")}`);
    });
});

describe("a cluster that is new in a stack", () => {
    it("may be on a hub with other clusters, and with registrations that have no UID", () => {
        const others = [of("dr", b, { stack: stackOfDr }), registration({ cluster: "old", stack: stackOfDr })];
        expect(check({ prod: a }, others)).to.equal("");
        expect(check({ prod: undefined }, others)).to.equal("");
    });

    it("may be one that this stack registered under another name, which it removes", () => {
        expect(check({ prod: a }, [of("before", a)])).to.equal("");
    });

    it("is not taken for the cluster of its name in another stack", () => {
        expect(check({ prod: a }, [of("prod", b, { stack: stackOfDr, server: url("b") })])).to.equal("");
    });
});

describe("a registered cluster's name in Argo CD", () => {
    it("stays, with what to write", () => {
        const own = [of("prod", a, { argoCdName: "arn:prod" })];
        expect(check({ prod: a }, own)).to.equal(
            'hubspoke:clusters.prod.name: the hub has registered the cluster as "arn:prod", and its Application has that name: ' +
                'another name would delete the Application with its workload. Write `name: "arn:prod"`, or remove the cluster ' +
                "first and add it again",
        );
        expect(check({ prod: a }, own, { prod: { name: "arn:prod" } })).to.equal("");
    });
});

describe("a confirmation by a UID", () => {
    it("is to be removed once the hub has it, of that cluster of that stack alone", () => {
        const settings = settingsOf({ prod: { uid: a }, other: { uid: b }, third: {} });
        const clusters = found({ prod: a, other: b, third: a, gone: a });
        const served = (...existing: Registration[]) => servedConfirmations(settings, clusters, existing, stack);
        const line = (name: string) =>
            `hubspoke:clusters.${name}.uid: the hub has this UID now. Remove the setting: while it stays, a change of the ` +
            "cluster's URL is not refused";
        expect(served(of("prod", a), of("other", b))).to.deep.equal([line("prod"), line("other")]);
        expect(served(of("other", b), of("prod", b))).to.deep.equal([line("other")]);
        expect(served(of("other", a, { server: url("prod") }), of("prod", a, { stack: stackOfDr }))).to.deep.equal([]);
        expect(served(of("prod", a, { stack: stackOfDr }), of("prod", b))).to.deep.equal([]);
    });
});

describe("a registration's UID", () => {
    it("is the one that is found, and else the one of this stack's registration", () => {
        const existing = [of("prod", a), of("other", a), of("dr", b, { stack: stackOfDr }), registration({ cluster: "old", stack })];
        expect(uidsOf(found({ prod: b, other: undefined, third: undefined }), existing, stack)).to.deep.equal({
            prod: b, other: a,
        });
    });

    it("is missed, with the right that shows it, where neither is known", async () => {
        const clusters = found({ prod: undefined, other: undefined, third: b });
        expect(await told(() => warnOfUnknown(clusters, { other: a }))).to.deep.equal([
            "warning: hubspoke:clusters.prod: this identity may not read the namespace kube-system, so another cluster at this " +
                "context would not be noticed. Grant `get` of it (docs/rbac)",
        ]);
    });
});
