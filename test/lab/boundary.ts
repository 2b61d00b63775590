import { expect } from "chai";
import { type Application, complaintsOf } from "../../clusters/applications";
import { publishAgentRepository } from "../../lab/argocd";
import { applyByHand } from "../../lab/apply";
import { kubectl } from "../../lab/kubectl";
import { waitFor } from "../../lab/processes";
import { table } from "../../lab/tables";
import { waitForApplications } from "../../lab/waiting";
import { argocdClusterAdd, removeClusterAdd } from "./support/clusterAdd";
import { asClusterAdmin, withOpenDefaultProject, withProjectAlone } from "./support/asBefore";
import { type Answer, type Attack, attempt, besideArgoCd, pushHostileCharts } from "./support/attacks";
import { type Outside, openOutside, pushHostileRepository } from "./support/hostileRepository";
import { changedCluster, pulumiOk, withConfig } from "./support/lab";
import { applicationOfOthers } from "./support/ofOthers";
import { otherNamespace, startOtherArgoCd } from "./support/otherArgoCd";

/** A project of other people, which has no limits. */
const others = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: { name: "others", namespace: "argocd" },
    spec: {
        sourceRepos: ["*"],
        destinations: [{ server: "*", namespace: "*" }],
        clusterResourceWhitelist: [{ group: "*", kind: "*" }],
    },
};

const thirdNamespace = { cluster: "staging", namespace: "default", kind: "configmap" } as const;
const hub = (namespace: string) => ({ name: "in-cluster", namespace });
const staging = (namespace: string) => ({ name: "staging", namespace });

/** What is tried, on a spoke with all rights (`permissions.admin`): there, only Argo CD itself can refuse. */
const attacks: Readonly<Record<string, Attack & { readonly says: RegExp }>> = {
    "the agent's chart has a pod for argocd on the hub, which runs as the controller": {
        loot: besideArgoCd,
        project: "agent",
        destination: hub("agent"),
        says: /namespace "?argocd"? (for Pod "thief" is not managed|is not permitted in project)/i,
    },
    "an Application of the agent's project names argocd on the hub": {
        loot: besideArgoCd,
        project: "agent",
        destination: hub("argocd"),
        says: /namespace 'argocd' do not match any of the allowed destinations in project 'agent'/,
    },
    "an Application of another project names argocd on the hub": {
        loot: besideArgoCd,
        project: "others",
        destination: hub("argocd"),
        says: /namespace "argocd" for Pod "thief" is not managed/i,
    },
    "the agent's chart has an object for a third namespace of a spoke": {
        loot: thirdNamespace,
        project: "agent",
        destination: staging("agent"),
        says: /namespace "?default"? (for ConfigMap "thief" is not managed|is not permitted in project)/i,
    },
    "an Application of another project names a third namespace of a spoke that has a project": {
        loot: thirdNamespace,
        project: "others",
        destination: staging("default"),
        says: /namespace "default" for ConfigMap "thief" is not managed/i,
    },
    "an Application in the project default, to the agent's own namespace of a spoke": {
        loot: { ...thirdNamespace, namespace: "agent" },
        project: "default",
        destination: staging("agent"),
        says: /(do not match any of the allowed destinations|is not permitted) in project 'default'/,
    },
};

async function tryAll(): Promise<Record<string, Answer>> {
    const answers: Record<string, Answer> = {};
    for (const [what, attack] of Object.entries(attacks)) {
        answers[what] = await attempt(attack);
    }
    return answers;
}

describe("a hostile chart, or an Application of another project", () => {
    const admin = changedCluster("staging", (settings) => ({
        ...settings,
        permissions: { scope: "cluster", admin: true },
    }));
    const results: Record<string, Record<string, Answer>> = {};

    before(async () => {
        await pushHostileCharts();
        await applyByHand("hub", [others]);
        await withConfig("staging", admin, async () => {
            await pulumiOk("staging", "up", "--yes", "--skip-preview");
            await asClusterAdmin(() =>
                withOpenDefaultProject(() =>
                    withProjectAlone(["cluster-in-cluster", "cluster-staging"], async () => {
                        results.before = await tryAll();
                    }),
                ),
            );
            results.ours = await tryAll();
        });
        await pulumiOk("staging", "up", "--yes", "--skip-preview");
    });

    after(async () => {
        await kubectl("hub", ["delete", "appproject", "others", "--namespace=argocd"]);
        await publishAgentRepository();
        await waitForApplications(["agent-staging"]);
    });

    for (const what of Object.keys(attacks)) {
        it(`fails, and would succeed with the chart's rights and a Secret with a project alone: ${what}`, () => {
            expect(results.before?.[what]).to.deep.equal({ placed: true });
            expect(results.ours?.[what]).to.have.property("refused").that.matches(attacks[what]?.says ?? /$^/);
        });
    }

    it("is told in a table", () => {
        const told = (answer: Answer | undefined) => answer?.refused ?? (answer?.placed ? "allowed" : "not tried");
        const rows = Object.keys(attacks).map((what) =>
            [what, ...[results.ours, results.before].map((answers) => told(answers?.[what]))],
        );
        process.stdout.write(`${table(["attack", "ours", "chart's defaults"], rows)}\n`);
        expect(rows).to.have.length(6);
    });
});

describe("the same with the real `argocd cluster add`", () => {
    let stop: () => Promise<void>;
    before(async () => {
        await pushHostileCharts();
        stop = await startOtherArgoCd();
        await argocdClusterAdd({ spoke: "staging", namespace: otherNamespace });
    });
    after(async () => {
        await stop();
        await publishAgentRepository();
        await removeClusterAdd("staging");
    });

    it("succeeds on the hub and on a third namespace of the spoke", async () => {
        const loot = { cluster: "hub", namespace: otherNamespace, kind: "pod" } as const;
        const argoCd = otherNamespace;
        const theirs = [
            await attempt({ loot, project: "default", destination: hub("agent"), argoCd }),
            await attempt({ loot: thirdNamespace, project: "default", destination: staging("agent"), argoCd }),
        ];
        expect(theirs).to.deep.equal([{ placed: true }, { placed: true }]);
    });
});

describe("a hostile repository, beside its chart", () => {
    let outside: Outside;
    let repoURL: string;
    before(async () => {
        outside = await openOutside();
        repoURL = await pushHostileRepository(outside.url);
        await applyByHand("hub", [others]);
    });
    after(async () => {
        await kubectl("hub", ["delete", "appproject", "others", "--namespace=argocd"]);
        await outside.close();
    });

    /** By the folder in the repository: what it tries, and what Argo CD says of the Application. */
    const tries = {
        values: ["values at a URL of its choice", /URL scheme 'http' is not allowed/],
        kustomize: ["a Kustomization with bases elsewhere", /^OutOfSync /],
        submodule: ["a submodule elsewhere", /^OutOfSync /],
    } as const;
    for (const [path, [what, says]] of Object.entries(tries)) {
        it(`has the hub ask no other server, with a credential or without: ${what}`, async () => {
            const given = { name: "thief", project: "others", cluster: "staging", namespace: "agent", repoURL, path };
            await applyByHand("hub", [applicationOfOthers(given)]);
            try {
                await waitFor(
                    "Argo CD to have compared the Application thief",
                    async () => {
                        const json = await kubectl("hub", ["get", "application", "thief", "--namespace=argocd", "--output=json"]);
                        const application = JSON.parse(json) as Application;
                        const seen = `${application.status?.sync?.status} ${complaintsOf(application)}`;
                        return says.test(seen) ? { done: true } : { seen };
                    },
                    { timeoutMs: 120_000, intervalMs: 500 },
                );
                expect(outside.asked).to.deep.equal([]);
            } finally {
                await kubectl("hub", ["delete", "application", "thief", "--namespace=argocd", "--timeout=30s"]);
            }
        });
    }
});
