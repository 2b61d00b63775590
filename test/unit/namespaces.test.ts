import { expect } from "chai";
import { describeAdoption, type FoundNamespace, namespaceProblems } from "../../preflight/namespaces";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { all, mockPulumi, one, settled } from "./support/mocks";
import { registerClusters } from "./support/register";

const stack = "organization/hubspoke/staging";
const empty: FoundNamespace = { metadata: { name: "agent" }, pods: [], limits: [], taken: [] };

function context(spoke: object = {}) {
    const settings = parseSettings({
        role: "environment",
        environment: "staging",
        hub: { context: "hub" },
        clusters: { staging: { context: "staging", labels: { region: "eu" }, ...spoke } },
    }) as EnvironmentSettings;
    const shared = settings.clusters.staging?.sharedNamespace;
    return { at: "clusters.staging", application: "agent", namespace: "agent", stack, limits: settings.namespace, shared };
}

describe("a namespace of the agent that exists already", () => {
    const cases: {
        what: string;
        found: Partial<FoundNamespace>;
        spoke?: object;
        hub?: true;
        problem: RegExp | undefined;
    }[] = [
        { what: "with a team's labels and quota", found: { limits: ["resourcequota/team"] }, problem: undefined },
        {
            what: "with pods of others",
            found: { pods: ["web-1"] },
            problem: /staging\.sharedNamespace: .*not the application's \(web-1\).*Choose another `agent\.namespace`/,
        },
        {
            what: "with pods of others on the hub, which has no such setting",
            found: { pods: ["web-1"] },
            hub: true,
            problem: /^hubspoke:cluster: .*not the application's \(web-1\).*, or move them$/,
        },
        { what: "with pods of others, as the settings say", found: { pods: ["web-1"] }, spoke: { sharedNamespace: true }, problem: undefined },
        {
            what: "with an object of a name that the stack uses",
            found: { taken: ["networkpolicy/default-deny"] },
            problem: /has networkpolicy\/default-deny already\. Rename or delete/,
        },
        {
            what: "of another stack",
            found: { metadata: { name: "agent", annotations: { "hubspoke/stack": "organization/hubspoke/prod" } } },
            problem: /belongs to the stack organization\/hubspoke\/prod.*kubectl annotate namespace agent/,
        },
    ];
    for (const { what, found, spoke, hub, problem } of cases) {
        it(`${problem === undefined ? "is adopted" : "is refused"} ${what}`, () => {
            const problems = namespaceProblems({ ...empty, ...found }, { ...context(spoke), ...(hub && { at: "cluster", shared: undefined }) });
            if (problem === undefined) {
                expect(problems).to.deep.equal([]);
            } else {
                expect(problems).to.have.length(1);
                expect(problems[0]).to.match(problem);
            }
        });
    }

    it("is described in the preview, with what it adds and changes", () => {
        const metadata = { name: "agent", labels: { "pod-security.kubernetes.io/enforce": "baseline" } };
        const text = describeAdoption({ ...empty, metadata, limits: ["resourcequota/team"] }, context());
        expect(text).to.match(/does not delete it at a destroy/);
        expect(text).to.match(/Pod Security baseline becomes restricted, a quota of 20 pods, 8 CPUs and 8Gi/);
        expect(text).to.match(/resourcequota\/team also apply to the application/);
        const shared = describeAdoption(empty, context({ sharedNamespace: true }));
        expect(shared).to.match(/adds: a network policy for the application's pods, and nothing for other pods/);
    });

    it("gets, if it is shared, nothing that applies to the pods of others", async () => {
        await mockPulumi();
        const clusters = { staging: { context: "a", labels: { region: "eu" }, sharedNamespace: true } };
        registerClusters("staging", clusters, "files", {}, {}, { staging: { agent: { labels: { team: "a" }, annotations: {} } } });
        await settled();
        const { labels } = one("kubernetes:core/v1:Namespace", "staging-agent-namespace").inputs.metadata as { labels: object };
        expect(labels).to.deep.equal({ team: "a" });
        expect(all("kubernetes:core/v1:ResourceQuota")).to.deep.equal([]);
        expect(all("kubernetes:core/v1:LimitRange")).to.deep.equal([]);
        const policy = one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "staging-agent-default-deny").inputs;
        expect(policy.metadata).to.include({ name: "agent-default-deny" });
        expect(policy.spec).to.deep.include({ podSelector: { matchLabels: { "app.kubernetes.io/name": "agent" } } });
    });
});
