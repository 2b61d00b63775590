import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import { annotationsToKeep, type Candidate, differences, registrationToAdopt, unreachable } from "../../preflight/adoption";
import type { Registration } from "../../clusters/registrations";
import { nothingToAdopt, registrationByOtherMeans } from "../../scripts/adopt/choice";
import { copiesIn } from "../../scripts/adopt/copies";
import { describeRemains } from "../../scripts/adopt/remains";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { mockPulumi, one, settled } from "./support/mocks";
import { hubApplications } from "./support/applications";
import { registerClusters } from "./support/register";
import { registration } from "./support/registration";

const stack = "organization/hubspoke/staging";
const labels = { deploy: "true", environment: "staging", region: "eu-west-1", tier: "gold" };

/** The cluster `staging`, with what is given over the least settings. */
function candidate(spoke: object = {}): Candidate {
    const settings = parseSettings({
        role: "environment",
        environment: "staging",
        hub: { context: "hub" },
        clusters: {
            staging: {
                context: "staging",
                clusterSecret: "cluster-staging.example.com-1234567",
                labels: { region: "eu-west-1", tier: "gold" },
                ...spoke,
            },
        },
    }) as EnvironmentSettings;
    const hub = { domain: "example.com", applications: hubApplications() };
    return { name: "staging", server: "https://staging.example.com", settings, hub };
}

describe("the registration that a stack adopts", () => {
    it("is the one that its settings name, from another tool", () => {
        const registered = registration();
        expect(registrationToAdopt(candidate(), [registered], stack)).to.equal(registered);
        expect(registrationToAdopt(candidate({ clusterSecret: undefined }), [registered], stack)).to.equal(undefined);
    });

    it("is undefined after the stack has adopted it", () => {
        expect(registrationToAdopt(candidate(), [registration({ stack })], stack)).to.equal(undefined);
    });

    const foreign = [
        ["another stack's", registration({ stack: "organization/hubspoke/prod" }), /"staging" at .* for stack .*prod/],
        ["another cluster's", registration({ cluster: "dr", server: "https://dr.example.com" }), /registers "dr"/],
    ] as const;
    for (const [what, registered, error] of foreign) {
        it(`is not ${what}`, () => {
            expect(() => registrationToAdopt(candidate(), [registered], stack)).to.throw(error);
        });
    }
});

describe("an adoption", () => {
    it("is possible if it changes no name, URL, label or annotation", () => {
        const annotations = { domain: "staging.example.com" };
        expect(differences(candidate(), registration({ labels, annotations }))).to.deep.equal([]);
        const marked = { ...labels, "applications.hubspoke/agent": "false", "hubspoke/cluster": "staging" };
        expect(differences(candidate(), registration({ labels: marked, annotations }))).to.deep.equal([]);
    });

    const cases: { what: string; spoke?: object; registered: object; problem: RegExp }[] = [
        {
            what: "a name",
            registered: { cluster: "old" },
            problem: /^hubspoke:clusters\.staging: .* has the name "old".*Write `name: "old"` there/,
        },
        {
            what: "a URL",
            registered: { server: "https://other.example.com" },
            problem: /^hubspoke:clusters\.staging\.server: is "https.*Write `server: "https:.*other\.example\.com"`/,
        },
        {
            what: "a label that the settings lack",
            spoke: { labels: { region: "eu-west-1" } },
            registered: {},
            problem: /^hubspoke:clusters\.staging\.labels\.tier: is missing, .*Write `labels\.tier: "gold"`/,
        },
        {
            what: "a label with another value",
            spoke: { labels: { region: "us-east-1", tier: "gold" } },
            registered: {},
            problem: /^hubspoke:clusters\.staging\.labels\.region: is "us-east-1".*has "eu-west-1"/,
        },
        {
            what: "a label with a prefix",
            registered: { labels: { ...labels, "example.com/tier": "1" } },
            problem: /labels\.example\.com\/tier: is missing.*Write `labels\."example\.com\/tier": "1"`/,
        },
        {
            what: "a label deploy that is neither true nor false",
            registered: { labels: { ...labels, deploy: "yes" } },
            problem: /labels\.deploy: the label deploy .* is "yes", .* keep.*label secret \S+ --overwrite deploy=…/,
        },
        {
            what: "an environment that no stack can have",
            registered: { labels: { ...labels, environment: "Stage_1" } },
            problem: /^hubspoke:environment: the label environment .* is "Stage_1", which this program cannot keep/,
        },
        {
            what: "a domain that is a URL",
            registered: { annotations: { domain: "https://x" } },
            problem: /domain: the annotation domain .*cannot keep.*kubectl .*annotate secret/,
        },
        {
            what: "the environment",
            registered: { labels: { ...labels, environment: "stage" } },
            problem: /^hubspoke:environment: is "staging".*has "stage"/,
        },
        {
            what: "the delivery, which was not requested before",
            registered: { labels: { region: "eu-west-1", tier: "gold" } },
            problem: /^hubspoke:clusters\.staging\.labels\.deploy: is "true".*Write `deploy: "false"`/,
        },
        {
            what: "the agent's domain",
            registered: { annotations: { domain: "old.example.com" } },
            problem: /^hubspoke:clusters\.staging\.domain: is "staging\.example\.com".*has "old\.example\.com"/,
        },
        {
            what: "the agent's revision",
            spoke: { revision: "v2.0.0" },
            registered: { annotations: { revision: "v1.0.0" } },
            problem: /^hubspoke:clusters\.staging\.revision: is "v2\.0\.0".*has "v1\.0\.0"/,
        },
    ];
    for (const { what, spoke, registered, problem } of cases) {
        it(`is refused if it would change ${what}`, () => {
            const problems = differences(candidate(spoke), registration({ labels, ...registered }));
            expect(problems).to.have.length(1);
            expect(problems[0]).to.match(problem);
        });
    }

    it("is refused with every change, in the order of the settings", () => {
        const registered = registration({ labels: { ...labels, environment: "stage" }, server: "https://other.example.com" });
        const problems = differences(candidate({ labels: { region: "us-east-1", tier: "gold" } }), registered);
        expect(problems.map((problem) => problem.split(":").slice(0, 2).join(":"))).to.deep.equal([
            "hubspoke:clusters.staging.server", "hubspoke:environment", "hubspoke:clusters.staging.labels.region",
        ]);
        expect(problems[2]).to.equal(
            'hubspoke:clusters.staging.labels.region: is "us-east-1", but the registration to adopt (Secret ' +
                'cluster-staging.example.com-1234567) has "eu-west-1". Write `labels.region: "eu-west-1"`',
        );
    });

    it("is refused for the environment and the revision with what to write, and not for a delivery that stays off", () => {
        const adopted = "but the registration to adopt (Secret cluster-staging.example.com-1234567) has";
        const annotations = { revision: "v1.0.0" };
        const problems = differences(candidate(), registration({ labels: { ...labels, environment: "stage" }, annotations }));
        expect(problems).to.deep.equal([
            `hubspoke:environment: is "staging", ${adopted} "stage". Write \`hubspoke:environment: "stage"\``,
            `hubspoke:clusters.staging.revision: is missing, ${adopted} "v1.0.0". Write \`revision: "v1.0.0"\``,
        ]);
        const off = { labels: { region: "eu-west-1", tier: "gold", deploy: "false" } };
        expect(differences(candidate(off), registration({ labels: { ...labels, deploy: "false" } }))).to.deep.equal([]);
    });

    it("goes on with the URL that is registered, however its end is written", () => {
        const registered = registration({ labels, server: "https://staging.example.com/" });
        expect(differences(candidate(), registered)).to.deep.equal([]);
    });

    it("keeps a name that is no setting's, such as an ARN, by the setting `name`", () => {
        const arn = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";
        const registered = registration({ labels, cluster: arn });
        expect(differences(candidate(), registered)[0]).to.include(`Write \`name: "${arn}"\` there`);
        expect(differences(candidate({ name: arn }), registered)).to.deep.equal([]);
    });

    it("keeps annotations that Applications may read, and no copy of the Secret", () => {
        const annotations = {
            addons_repo_url: "https://git.example.com/addons",
            "kubectl.kubernetes.io/last-applied-configuration": "EXAMPLE-TOKEN",
            "kapp.k14s.io/original": '{"apiVersion":"v1","kind":"Secret","data":{"config":"RVhBTVBMRQ=="}}',
            "argocd.argoproj.io/refresh": "2026-01-01T00:00:00Z",
            "hubspoke/stack": "organization/hubspoke/staging",
            "agent-1.hubspoke/mark": "true",
            "argocd.argoproj.io/skip-reconcile": "false",
            "nothubspoke/owner": "team-a",
            domain: "staging.example.com",
        };
        const { settings } = candidate({ clusterSecret: "s" });
        const others = registration({ secret: "other", annotations: { of: "another" } });
        const kept = annotationsToKeep(settings, [others, registration({ secret: "s", annotations })]);
        expect(kept).to.deep.equal({
            staging: { addons_repo_url: "https://git.example.com/addons", "nothubspoke/owner": "team-a" },
        });
        expect(annotationsToKeep(settings, [others])).to.deep.equal({});
    });

    it("is refused if an Application delivers to a namespace without rights for the narrow account", () => {
        const application = (name: string, namespace?: string): Application => ({
            metadata: { name },
            spec: { destination: { ...(namespace !== undefined && { namespace }) } },
        });
        const others = [application("shop", "shop"), application("crds")];
        const all = [application("agent-staging", "agent"), ...others];
        const problems = unreachable(candidate(), all);
        expect(problems).to.have.length(2);
        expect(problems[0]).to.match(/permissions: Application shop delivers to namespace shop, .* agent only/);
        expect(problems[1]).to.match(/Application crds delivers to no specific namespace/);
        expect(problems[0]).to.match(/`scope: cluster` with the kinds, and `namespaces: \[shop\]`/);
        const wide = (namespaces: string[]) => candidate({ permissions: { scope: "cluster", admin: true, namespaces } });
        expect(unreachable(wide([]), all)).to.have.length(1).and.to.match(/shop.*write `namespaces: \[shop\]`/);
        expect(unreachable(wide(["shop"]), all)).to.deep.equal([]);
        const objects: Application = { metadata: { name: "x" }, status: { resources: [{ namespace: "web" }, {}] } };
        expect(unreachable(wide(["shop"]), [objects])).to.match(/delivers to namespace web, .*namespaces: \[shop, web\]/);
    });
});

describe("npm run adopt", () => {
    const wanted = { name: "staging", argoCdName: "staging", server: "https://staging.example.com", clusterSecret: undefined };

    it("finds a cluster by its name or its URL, with any name of its Secret", () => {
        const byUrl = registration({ cluster: "old", secret: "by-hand" });
        expect(registrationByOtherMeans(wanted, [byUrl])).to.equal(byUrl);
        const byName = registration({ server: "https://10.0.0.1" });
        expect(registrationByOtherMeans(wanted, [byName])).to.equal(byName);
        expect(registrationByOtherMeans(wanted, [registration({ stack })])).to.equal(undefined);
    });

    it("removes every annotation with a copy of the credential", () => {
        const token = "EXAMPLE-OLD-TOKEN";
        const config = JSON.stringify({ bearerToken: token, tlsClientConfig: { insecure: false } });
        const encoded = Buffer.from(config).toString("base64");
        const annotations = {
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "example.com/original": `data: { config: ${encoded} }`,
            "example.com/token": `x ${token} y`,
            "managed-by": "argocd.argoproj.io",
        };
        expect(copiesIn({ metadata: { annotations }, data: { config: encoded } })).to.deep.equal([
            "kubectl.kubernetes.io/last-applied-configuration",
            "example.com/original",
            "example.com/token",
        ]);
        expect(copiesIn({ metadata: {}, data: { config: "not JSON" } })).to.deep.equal([]);
    });

    it("adopts neither of two candidates", () => {
        const two = [registration(), registration({ secret: "by-hand", cluster: "old" })];
        expect(() => registrationByOtherMeans(wanted, two)).to.throw(
            /several registrations are candidates: "staging" at .*; "old" at .*by-hand/,
        );
    });

    it("does not override a Secret that the stack file names", () => {
        expect(() => registrationByOtherMeans({ ...wanted, clusterSecret: "other" }, [registration()])).to.throw(
            /hubspoke:clusters\.staging\.clusterSecret: is "other".*Secret cluster-staging\.example\.com-1234567/,
        );
    });

    it("lists what the hub has if there is nothing to adopt", () => {
        const text = (existing: Registration[]) =>
            nothingToAdopt("staging", [wanted], existing, (registered) => registered.stack === stack);
        expect(text([])).to.match(/no registration of staging \(https:.*by another tool or by hand: pulumi up/);
        expect(text([registration({ stack })])).to.match(/This stack registered "staging"/);
        const stranger = registration({ cluster: "x", server: "https://x" });
        expect(text([stranger])).to.match(/another tool or by hand: "x" at https:\/\/x/);
    });

    it("prints commands for what remains on a cluster", () => {
        const remains = [
            { namespace: undefined, objects: ["clusterrolebinding/b", "clusterrole/r"] },
            { namespace: "kube-system", objects: ["secret/t", "serviceaccount/argocd-manager"] },
        ];
        expect(describeRemains("staging", "staging", { remains, unseen: [] }).slice(1)).to.deep.equal([
            "  kubectl --context staging delete clusterrolebinding/b clusterrole/r",
            "  kubectl --context staging --namespace kube-system delete secret/t serviceaccount/argocd-manager",
        ]);
        expect(describeRemains("staging", undefined, { remains: [], unseen: [] })).to.deep.equal([]);
        expect(describeRemains("staging", undefined, { remains: [], unseen: ["ClusterRoles"] })[0]).to.match(
            /may not list ClusterRoles\. As an administrator, look there/,
        );
    });
});

describe("a cluster that the stack adopts", () => {
    const settings = { context: "a", labels: { region: "eu" }, clusterSecret: "by-hand" };
    const secret = () => one("kubernetes:core/v1:Secret", "staging-cluster-secret");
    const namespace = () => one("kubernetes:core/v1:Namespace", "staging-agent-namespace");

    it("imports its Secret and the agent's namespace, under their present names", async () => {
        await mockPulumi();
        registerClusters("staging", { staging: settings }, "files", { staging: { secret: "by-hand" } }, {}, {
            staging: { agent: { labels: { team: "a" }, annotations: { owner: "b" } } },
        });
        await settled();
        expect(secret().importId).to.equal("argocd/by-hand");
        expect((secret().inputs.metadata as { name: string }).name).to.equal("by-hand");
        expect(secret().inputs).not.to.have.property("type");
        expect(namespace().importId).to.equal("agent");
        const { labels, annotations } = namespace().inputs.metadata as Record<string, object>;
        expect(labels).to.include({ team: "a", "pod-security.kubernetes.io/enforce": "restricted" });
        expect(annotations).to.include({ owner: "b", "hubspoke/adopted": "true", "pulumi.com/patchForce": "true" });
        expect(one("pulumi-nodejs:dynamic/hubspoke:drain", "staging-drain").inputs.secret).to.equal("by-hand");
    });

    it("gets the agent's namespace if it has none", async () => {
        await mockPulumi();
        registerClusters("staging", { staging: settings }, "files", { staging: { secret: "by-hand" } });
        await settled();
        expect(secret().importId).to.equal("argocd/by-hand");
        expect(namespace().importId).to.equal(undefined);
    });

    it("belongs to the stack afterwards: nothing is imported, and the name stays", async () => {
        await mockPulumi();
        registerClusters("staging", { staging: settings });
        await settled();
        expect(secret().importId).to.equal(undefined);
        expect((secret().inputs.metadata as { name: string }).name).to.equal("by-hand");
    });
});
