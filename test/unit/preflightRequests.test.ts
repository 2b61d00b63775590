import { expect } from "chai";
import { type Answer, type Asked, fakeApiServer, type FakeApiServer } from "../../lab/test/support/fakeApiServer";
import type { HubOutputs } from "../../components/hubOutputs";
import { checkEnvironment } from "../../preflight/environment";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { mockPulumi } from "./support/mocks";

const outputs = {
    argoCdNamespace: "argocd",
    applications: [
        {
            name: "agent",
            namespace: "agent",
            selector: { matchLabels: {}, matchExpressions: [] },
            clusterKinds: [],
            deliver: true,
            traffic: true,
            twoRevisions: false,
        },
    ],
    impersonation: "off",
    rollout: { strategy: "automatic", pinned: [], rolled: undefined, windowed: [], protectedEnvironments: [], soak: "5m" },
    audiences: ["prod"],
    lab: false,
} as unknown as HubOutputs;

const token = { code: 201, status: { token: "t", expirationTimestamp: "2026-01-01T00:10:00Z" } };

function answerOfHub({ path }: Asked): Answer | undefined {
    if (path.endsWith("/token")) {
        return token;
    }
    return /\/(secrets|applications)\b/.test(path) ? { items: [] } : answerOfSpoke({ path });
}

function answerOfSpoke({ path }: Pick<Asked, "path">): Answer | undefined {
    return path.endsWith("/version") ? { gitVersion: "v1.37.0" } : undefined;
}

describe("the check of an environment", () => {
    const servers: FakeApiServer[] = [];
    const server = async (answer: (asked: Asked) => Answer | undefined) => {
        const made = await fakeApiServer(answer);
        servers.push(made);
        return made;
    };
    beforeEach(() => mockPulumi());
    afterEach(() => Promise.all(servers.splice(0).map((one) => one.close())));

    /** What is asked of the hub in the check of an environment with so many new clusters. */
    async function askedOfHub(count: number): Promise<string[]> {
        const asked: string[] = [];
        const hub = await server((one) => {
            asked.push(`${one.method} ${one.path}`);
            return answerOfHub(one);
        });
        const clusters: Record<string, unknown> = {};
        for (let index = 0; index < count; index++) {
            const spoke = await server(answerOfSpoke);
            clusters[`c${index}`] = {
                kubeconfig: spoke.kubeconfig,
                server: `https://c${index}.example.com`,
                hubOnly: true,
                labels: { region: "r" },
                credentials: { type: "federated" },
            };
        }
        const given = { role: "environment", environment: "prod", hub: { kubeconfig: hub.kubeconfig }, clusters };
        const settings = parseSettings(given) as EnvironmentSettings;
        await checkEnvironment(settings, "organization/hubspoke/prod", Promise.resolve(outputs));
        return asked.sort();
    }

    it("asks the hub the same, however many clusters there are", async () => {
        const once = await askedOfHub(1);
        expect(once).to.include("GET /version").and.to.have.length.of.at.least(4);
        expect(await askedOfHub(12)).to.deep.equal(once);
    });
});
