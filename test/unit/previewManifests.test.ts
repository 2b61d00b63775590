import { expect } from "chai";
import { applicationSet } from "../../components/applications/applicationSet";
import type { Application } from "../../scripts/preview/applications";
import type { ApplicationChange } from "../../scripts/preview/compareApplications";
import { membersOf } from "../../scripts/preview/helm";
import { agentRepositories } from "../../scripts/preview/manifests";
import { agentSource, applicationsIn, theAgent } from "./support/applications";
import { hubSettings } from "./support/hub";

describe("rendered manifests", () => {
    it("of a List of any kind are its members, as Argo CD takes them", () => {
        const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, data: {} };
        const list = { apiVersion: "v1", kind: "SecretList", items: [secret] };
        expect(membersOf({ apiVersion: "v1", kind: "List", items: [list, secret] })).to.deep.equal([secret, secret]);
        expect(membersOf(secret)).to.deep.equal([secret]);
    });
});

describe("the repositories of which a named folder is a checkout", () => {
    const changeOf = (name: string, repoURL: string): ApplicationChange => {
        const after = {
            metadata: { name: `${name}-prod`, labels: { "app.kubernetes.io/name": name } },
            spec: { source: { repoURL, targetRevision: "main", path: "helm" }, destination: { server: "", namespace: name } },
        } as Application;
        return { name: `${name}-prod`, what: "stays", cluster: {} as ApplicationChange["cluster"], after, kept: false, differences: [] };
    };

    it("are those of the agent, and not of another application with a chart at the same path", () => {
        const changes = [changeOf("agent", "https://git.example.com/agent"), changeOf("cache", "https://git.example.com/cache")];
        expect(agentRepositories(changes)).to.deep.equal(["https://git.example.com/agent"]);
        expect(agentRepositories(changes.slice(1))).to.equal(undefined);
    });
});

describe("the facts that only some clusters have", () => {
    const patchOf = (facts: boolean) => {
        const [application = theAgent()] = applicationsIn({ applications: { agent: { ...agentSource, namespace: "agent", facts } } });
        const { rollout } = hubSettings();
        return applicationSet("argocd", "agent", { application, rollout, usersHost: undefined }).spec.templatePatch;
    };

    it("reach the agent's chart, unless the settings give it no facts", () => {
        expect(patchOf(true)).to.include("cluster.dnsDomain");
        expect(patchOf(false)).to.include("quarantine");
        expect(patchOf(false)).to.not.include("cluster.dnsDomain");
    });
});
