import { expect } from "chai";
import { applyByHand } from "../../lab/apply";
import { kubectl } from "../../lab/kubectl";
import { type Look, waitFor } from "../../lab/processes";
import { waitForApplications } from "../../lab/waiting";
import { applicationSetStatus } from "./support/delivery";
import { labelled, pulumi, pulumiOk, withConfig } from "./support/lab";

/** A cluster Secret as somebody else makes it, of an API server that is not there. */
function stray(labels: Record<string, string> = {}): object {
    return {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
            name: "stray",
            namespace: "argocd",
            labels: { "argocd.argoproj.io/secret-type": "cluster", deploy: "true", ...labels },
        },
        stringData: {
            name: "stray",
            server: "https://192.0.2.10:6443",
            project: "agent",
            config: '{"bearerToken":"x","tlsClientConfig":{"insecure":true}}',
        },
    };
}

async function json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await kubectl("hub", [...args, "--namespace=argocd", "--output=json"])) as T;
}

interface ApplicationList {
    readonly items: readonly {
        readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
        readonly status?: { readonly conditions?: readonly { readonly type: string; readonly message: string }[] };
    }[];
}

async function applications(): Promise<ApplicationList["items"]> {
    return (await json<ApplicationList>("get", "applications")).items;
}

/** Lets the Application of a cluster go that is not there, and that nobody can empty. */
async function letGo(): Promise<void> {
    const patch = ["--type=merge", '--patch={"metadata":{"finalizers":null}}'];
    await kubectl("hub", ["patch", "application", "agent-stray", "--namespace=argocd", ...patch]).catch(() => undefined);
}

async function waitForComplaint(name: string, complaint: RegExp): Promise<void> {
    await waitFor(
        `the complaint of ${name}`,
        async (): Promise<Look<true>> => {
            const found = (await applications()).find(({ metadata }) => metadata.name === name);
            const seen = (found?.status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`).join(" ");
            return complaint.test(seen.replaceAll("\n", " ")) ? { done: true } : { seen };
        },
        { timeoutMs: 120_000 },
    );
}

async function waitForRegion(region: string): Promise<void> {
    await waitFor(
        `agent-staging in ${region}`,
        async (): Promise<Look<true>> => {
            const found = (await applications()).find(({ metadata }) => metadata.name === "agent-staging");
            const { conditions } = await applicationSetStatus();
            const seen = JSON.stringify([found?.metadata.labels.region, conditions]);
            return found?.metadata.labels.region === region ? { done: true } : { seen };
        },
        { timeoutMs: 60_000 },
    );
}

async function moveStaging(region: string): Promise<void> {
    const up = () => pulumiOk("staging", "up", "--yes", "--skip-preview");
    await withConfig("staging", labelled("staging", { region }), up);
    await waitForRegion(region);
}

describe("a cluster Secret from another tool with deploy=true", () => {
    afterEach(() => kubectl("hub", ["delete", "secret", "stray", "--namespace=argocd", "--ignore-not-found"]));
    after(async () => {
        await pulumiOk("staging", "up", "--yes", "--skip-preview");
        await waitForApplications(["agent-dr", "agent-prod", "agent-staging"]);
    });

    it("without environment and region gets no agent, and the others still work; the hub's preview names it", async () => {
        await applyByHand("hub", [stray()]);
        await moveStaging("eu-north-1");
        expect((await applications()).map(({ metadata }) => metadata.name)).not.to.include("agent-stray");
        const { ok, output } = await pulumi("hub", "preview");
        expect(ok, output).to.equal(true);
        expect(output).to.match(/Secret stray \("stray"\) has the label deploy=true and lacks environment, region, /);
    });

    it("and all our labels, but without annotations, fails without effect on others", async () => {
        await applyByHand("hub", [
            stray({ environment: "staging", region: "eu-west-1", "app.kubernetes.io/managed-by": "pulumi" }),
        ]);
        const last = "kubectl.kubernetes.io/last-applied-configuration-";
        await kubectl("hub", ["annotate", "secret", "stray", "--namespace=argocd", last]);
        await moveStaging("eu-north-2");
        await waitForComplaint("agent-stray", /ComparisonError/);
        await kubectl("hub", ["delete", "secret", "stray", "--namespace=argocd"]);
        await letGo();
        await waitForApplications(["agent-dr", "agent-prod", "agent-staging"]);
    });

    it("or from our stack without its domain fails without effect on others, and says so", async () => {
        await kubectl("hub", ["annotate", "secret", "cluster-staging", "--namespace=argocd", "domain-"]);
        try {
            await waitForComplaint("agent-staging", /ComparisonError.*domain/);
            await waitForApplications(["agent-dr", "agent-prod"]);
        } finally {
            await pulumiOk("staging", "up", "--refresh", "--yes", "--skip-preview");
        }
        await waitForApplications(["agent-dr", "agent-prod", "agent-staging"]);
    });

    it("keeps the agent from the last version's ApplicationSet: the hub's preview refuses to remove it", async () => {
        const { spec } = await json<{ spec: { generators: object[] } }>("get", "applicationset", "agent");
        const choose = (generators: object[]) => {
            const patch = JSON.stringify({ spec: { generators } });
            const onHub = ["--namespace=argocd", "--type=merge", "--patch", patch];
            return kubectl("hub", ["patch", "applicationset", "agent", ...onHub]);
        };
        await applyByHand("hub", [stray({ environment: "staging", region: "eu-west-1" })]);
        await kubectl("hub", ["annotate", "secret", "stray", "--namespace=argocd", "domain=stray.example.com"]);
        await choose([{ clusters: { selector: { matchLabels: { deploy: "true" } } } }]);
        try {
            await waitFor(
                "agent-stray",
                async (): Promise<Look<true>> => {
                    const names = (await applications()).map(({ metadata }) => metadata.name);
                    return names.includes("agent-stray") ? { done: true } : { seen: names.join(", ") };
                },
                { timeoutMs: 60_000 },
            );
            const { ok, output } = await pulumi("hub", "preview");
            expect(ok, output).to.equal(false);
            expect(output).to.match(/Secret stray: its Application agent-stray would be deleted/);
            expect(output).to.include("kubectl label secret --namespace argocd stray app.kubernetes.io/managed-by=pulumi");
        } finally {
            await letGo();
            await choose(spec.generators);
        }
    });
});
