import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { refuseOldChart } from "../../preflight/chart";
import { findCluster } from "../../preflight/kubeconfig";
import { allOf } from "../../preflight/problems";
import { refuseOlderGeneration, refuseSecondRegistration, refuseSharedServer } from "../../preflight/registrations";
import { get } from "../../preflight/request";
import { type EnvironmentSettings, parseSettings } from "../../settings";
import { closedPort, failure } from "./support/failure";
import { registration } from "./support/registration";

function kubeconfig(user: Record<string, string>, server = "https://a.example.com"): string {
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "a",
        clusters: [{ name: "a", cluster: { server } }],
        users: [{ name: "a", user }],
        contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    });
}

describe("a cluster in a kubeconfig", () => {
    it("is found with its API server", async () => {
        const { server } = await findCluster("clusters.a", { kubeconfig: kubeconfig({ token: "t" }) });
        expect(server).to.equal("https://a.example.com");
    });

    it("must be a context that there is", async () => {
        const error = await failure(findCluster("clusters.b", { context: "b", kubeconfig: kubeconfig({ token: "t" }) }));
        expect(error).to.match(/hubspoke:clusters\.b\.context: the kubeconfig has no context "b"\. It has: a\./);
    });

    it("must come with credentials", async () => {
        const error = await failure(findCluster("hub", { kubeconfig: kubeconfig({}) }));
        expect(error).to.match(/hubspoke:hub: context "a" has no credentials/);
    });

    it("is not quoted where it cannot be read", async () => {
        const error = await failure(findCluster("hub", { kubeconfig: "hunter2: [" }));
        expect(error).to.match(/hubspoke:hub\.kubeconfig: is no kubeconfig/).and.not.match(/hunter2/);
    });
});

describe("an API server that does not answer", () => {
    it("is named, with the setting and the reason", async () => {
        const closed = await closedPort();
        const server = `https://127.0.0.1:${closed}`;
        const cluster = await findCluster("clusters.a", { kubeconfig: kubeconfig({ token: "hunter2" }, server) });
        const error = await failure(get(cluster, "version"));
        expect(error).to.match(/^hubspoke:clusters\.a: the API server https:\S+ cannot be reached: .*ECONNREFUSED/);
        expect(error).not.to.include("hunter2");
    });
});

describe("a chart at a path", () => {
    let folder: string;
    before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "chart-"))));
    after(() => fs.rmSync(folder, { recursive: true }));
    const write = (version: string) => fs.writeFileSync(path.join(folder, "Chart.yaml"), stringify({ version }));

    it("is refused where it is older than the program knows, with what to do", async () => {
        write("8.5.10");
        const error = await failure(refuseOldChart({ path: folder }));
        expect(error).to.match(/^hubspoke:chart\.path: chart 8\.5\.10 is older than 8\.6\.0.*Write "8\.6\.0" or newer/);
        const archive = await failure(refuseOldChart({ path: "/charts/argo-cd-7.9.1.tgz" }));
        expect(archive).to.match(/chart 7\.9\.1 is older/);
    });

    it("passes where it is new enough, or Helm has to judge it", async () => {
        for (const version of ["8.6.0", "8.10.0", "10.1.1-upstream-manifests"]) {
            write(version);
            await refuseOldChart({ path: folder });
        }
        await refuseOldChart({ path: path.join(folder, "none") });
        await refuseOldChart({ path: "/charts/argo-cd-10.1.1.tgz" });
        await refuseOldChart({ path: "/charts/chart.tgz" });
        await refuseOldChart({ version: "10.1.1" });
    });
});

/** Settings of one cluster, prod, with a token. */
function asksFor(generation: number): EnvironmentSettings {
    const prod = { context: "prod", labels: { region: "eu" }, credentials: { generation, retired: generation - 1 } };
    return parseSettings({ role: "environment", environment: "prod", hub: { context: "hub" }, clusters: { prod } }) as EnvironmentSettings;
}

describe("a registration", () => {
    const existing = [
        registration({ secret: "cluster-prod", cluster: "prod", server: "https://prod.example.com", stack: "organization/hubspoke/prod" }),
        registration({ secret: "by-hand", cluster: "old", server: "https://old.example.com/" }),
    ];
    const cases: { name: string; servers: Record<string, string>; names: RegExp }[] = [
        { name: "the same name", servers: { prod: "https://new.example.com" }, names: /cluster "prod".*cluster-prod.*stack organization\/hubspoke\/prod/ },
        { name: "the same URL but for a slash", servers: { staging: "https://old.example.com" }, names: /cluster "old".*by-hand.*made by other means.*npm run adopt -- staging/ },
    ];
    for (const { name, servers, names } of cases) {
        it(`is refused where another has ${name}, which the error names`, () => {
            expect(() => refuseSecondRegistration(servers, existing, "organization/hubspoke/staging")).to.throw(names);
        });
    }

    it("by other means is no conflict where the stack takes it over", () => {
        const servers = { staging: "https://old.example.com/" };
        refuseSecondRegistration(servers, existing, "organization/hubspoke/staging", { staging: "by-hand" });
    });

    it("with a newer token than the settings ask for is named, with what to write", () => {
        const stack = "organization/hubspoke/prod";
        const annotations = { "hubspoke/credential-generation": "3" };
        const own = [registration({ cluster: "prod", stack, annotations }), registration({ cluster: "dr", annotations })];
        const asking = (generation: number) => () => refuseOlderGeneration(asksFor(generation), own, stack);
        expect(asking(2)).to.throw(/hubspoke:clusters\.prod\.credentials\.generation: is 2, and the hub holds token 3/);
        asking(3)();
        asking(4)();
        refuseOlderGeneration(asksFor(1), own, "organization/hubspoke/other");
    });

    it("of the stack itself is no conflict", () => {
        refuseSecondRegistration({ prod: "https://prod.example.com" }, existing, "organization/hubspoke/prod");
        expect(() => refuseSecondRegistration({ prod: "https://prod.example.com" }, existing, "other")).to.throw();
    });

    it("is refused for two clusters of one stack with one API server", () => {
        const servers = { a: "https://a.example.com", b: "https://b.example.com", c: "https://a.example.com/" };
        expect(() => refuseSharedServer(servers)).to.throw(/clusters\.c: has the same API server as clusters\.a/);
        refuseSharedServer({ a: "https://a.example.com", b: "https://b.example.com" });
    });
});

describe("checks", () => {
    it("report all that failed, in one error", async () => {
        const failing = allOf([
            () => 1,
            () => {
                throw new Error("first");
            },
            () => Promise.reject(new Error("second")),
        ]);
        expect(await failure(failing)).to.equal("2 checks failed; nothing was changed.\n  first\n  second");
    });
});
