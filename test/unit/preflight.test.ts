import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { refuseOldChart } from "../../preflight/chart";
import { findCluster } from "../../clusters/kubeconfig";
import { allOf } from "../../preflight/problems";
import { refuseSecondRegistration, refuseSharedServer } from "../../preflight/registrations";
import type { Registration } from "../../clusters/registrations";
import { get } from "../../clusters/request";
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

    it("must be an existing context", async () => {
        const error = await failure(findCluster("clusters.b", { context: "b", kubeconfig: kubeconfig({ token: "t" }) }));
        expect(error).to.match(/hubspoke:clusters\.b\.context: the kubeconfig has no context "b"\. It has: a\./);
    });

    it("must have credentials", async () => {
        const error = await failure(findCluster("hub", { kubeconfig: kubeconfig({}) }));
        expect(error).to.match(/hubspoke:hub: context "a" has no credentials/);
    });

});

describe("a kubeconfig that cannot be read", () => {
    const secretText = "EXAMPLE-SECRET-TOKEN";
    const nearToken = `apiVersion: v1\nusers:\n- name: a\n  user:\n    token: ${secretText}\n   client: [\n`;
    let folder: string;
    before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubeconfig-"))));
    after(() => fs.rmSync(folder, { recursive: true }));
    let kubeconfigBefore: string | undefined;
    before(() => (process.env.OURS = secretText));
    after(() => delete process.env.OURS);
    beforeEach(() => (kubeconfigBefore = process.env.KUBECONFIG));
    afterEach(() => {
        if (kubeconfigBefore === undefined) {
            delete process.env.KUBECONFIG;
        } else {
            process.env.KUBECONFIG = kubeconfigBefore;
        }
    });

    const texts: { name: string; text: string; line?: number }[] = [
        { name: "a wrong indentation after a token", text: nearToken, line: 6 },
        { name: "an alias that is not there", text: `users: [{ name: a, user: { token: *${secretText} } }]` },
        { name: "a tag that YAML does not know", text: `users:\n- !${secretText} x` },
        { name: "a name twice", text: `users: [{ name: ${secretText} }, { name: ${secretText} }]` },
        { name: "no YAML at all", text: `%${secretText}\n---\n{`, line: 3 },
        { name: "text in the place of a map", text: secretText },
        { name: "a cluster without a server", text: `clusters: [{ name: ${secretText}, cluster: {} }]` },
        { name: "variables that are no list", text: `users: [{ user: { exec: { env: { T: ${secretText} } } } }]` },
        { name: "an argument that is a map", text: `users: [{ user: { exec: { args: [{ ${secretText}: 1 }] } } }]` },
        { name: "a server that is a map", text: `clusters: [{ name: a, cluster: { server: { ${secretText}: 1 } } }]` },
        { name: "a token file that is not there", text: `users: [{ name: a, user: { token-file: /${secretText} } }]` },
    ];
    for (const { name, text, line } of texts) {
        it(`with ${name} is named by the setting and the file, and nothing of it is quoted`, async () => {
            const file = path.join(folder, "config");
            fs.writeFileSync(file, text);
            process.env.KUBECONFIG = file;
            const inFile = await failure(findCluster("clusters.a", { context: "a" }));
            const inSettings = await failure(findCluster("clusters.a", { kubeconfig: text }));
            const at = line === undefined ? "" : `.*line ${line} `;
            expect(inFile).to.match(new RegExp(`^hubspoke:clusters\\.a(\\.context)?: .*${at}`));
            expect(inSettings).to.match(new RegExp(`^hubspoke:clusters\\.a(\\.context|\\.kubeconfig)?: .*${at}`));
            if (!inFile.includes(".context:")) {
                expect(inFile).to.include(file);
            }
            expect(inFile + inSettings).not.to.include(secretText);
        });
    }

    it("is named if it is the only invalid one of several", async () => {
        const [good, bad] = ["good", "bad"].map((name) => path.join(folder, name));
        fs.writeFileSync(good ?? "", kubeconfig({ token: "t" }));
        fs.writeFileSync(bad ?? "", nearToken);
        process.env.KUBECONFIG = `${good}${path.delimiter}${bad}`;
        const error = await failure(findCluster("hub", { context: "a" }));
        expect(error).to.match(/^hubspoke:hub: \S+\/bad is not a valid kubeconfig: line 6 cannot be read as YAML/);
    });

    it("with a credential in its server is refused", async () => {
        const url = `https://user:${secretText}@a.example.com`;
        const error = await failure(findCluster("hub", { kubeconfig: kubeconfig({ token: "t" }, url) }));
        expect(error).to.match(/^hubspoke:hub: the server of context "a" contains a credential/);
        expect(error).not.to.include(secretText);
    });

    const plugin = (exec: object) => {
        const whole = parse(kubeconfig({ token: "t" })) as object;
        return stringify({ ...whole, users: [{ name: "a", user: { exec } }] });
    };
    const apiVersion = "client.authentication.k8s.io/v1beta1";
    const sh = (script: string, env: object[] = []) =>
        plugin({ apiVersion, command: "sh", args: ["-c", script], env });
    const users: { name: string; text: string; says: RegExp }[] = [
        {
            name: "an exec plugin that is not there",
            text: plugin({ apiVersion, command: "no-such-plugin" }),
            says: /exec plugin no-such-plugin.*cannot be started \(ENOENT\)/,
        },
        { name: "an exec plugin that fails", text: sh("echo Token has expired >&2; exit 255"), says: /plugin of the kubeconfig failed: Token has expired/ },
        { name: "an exec plugin that prints its variables", text: sh('echo "no: $T" >&2; exit 1', [{ name: "T", value: secretText }]), says: /failed: no: \*\*\*/ },
        { name: "an exec plugin that prints its arguments", text: sh(`echo ${secretText} >&2; exit 1`), says: /failed: \*\*\*/ },
        { name: "a plugin that prints no JSON", text: sh(`echo ${secretText}`), says: /cannot be used/ },
        { name: "a plugin that prints no credential", text: sh(`echo '{"kind":"${secretText}"}'`), says: /cannot be used/ },
        { name: "a variable with a null byte", text: sh("true", [{ name: "T", value: `${secretText}\0` }]), says: /cannot be used/ },
        { name: "an exec plugin that prints our variables", text: sh("echo $OURS >&2; exit 1"), says: /failed: \*\*\*/ },
        {
            name: "a client certificate that is not there",
            text: kubeconfig({ "client-certificate": `/${secretText}`, "client-key": `/${secretText}` }),
            says: /a credential file of the kubeconfig.*\(ENOENT\).*--flatten/,
        },
    ];
    for (const { name, text, says } of users) {
        it(`with ${name} is named by the setting, and nothing of it is quoted`, async () => {
            const cluster = await findCluster("clusters.a", { kubeconfig: text });
            const error = await failure(get(cluster, "version"));
            expect(error).to.match(/^hubspoke:clusters\.a: /).and.match(says).and.not.include(secretText);
        });
    }
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

    it("is refused with the remedy if it is older than the program supports", async () => {
        write("8.5.10");
        const error = await failure(refuseOldChart({ path: folder }));
        expect(error).to.match(/^hubspoke:chart\.path: chart 8\.5\.10 is older than 8\.6\.0.*Write "8\.6\.0" or newer/);
        const archive = await failure(refuseOldChart({ path: "/charts/argo-cd-7.9.1.tgz" }));
        expect(archive).to.match(/chart 7\.9\.1 is older/);
    });

    it("passes if it is new enough, or if Helm must check it", async () => {
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

describe("a registration", () => {
    const existing = [
        registration({ secret: "cluster-prod", cluster: "prod", server: "https://prod.example.com", stack: "organization/hubspoke/prod" }),
        registration({ secret: "by-hand", cluster: "old", server: "https://old.example.com/" }),
    ];
    const cases: { name: string; servers: Record<string, string>; names: RegExp }[] = [
        { name: "the same name", servers: { prod: "https://new.example.com" }, names: /cluster "prod".*cluster-prod.*stack organization\/hubspoke\/prod/ },
        { name: "the same URL except for a slash", servers: { staging: "https://old.example.com" }, names: /cluster "old".*by-hand.*from another tool.*npm run adopt -- staging/ },
    ];
    for (const { name, servers, names } of cases) {
        it(`is refused if another has ${name}, and the error names it`, () => {
            expect(() => refuseSecondRegistration(servers, existing, "organization/hubspoke/staging")).to.throw(names);
        });
    }

    it("is refused if another stack has its key, under another name and URL in Argo CD, and not if another tool has", () => {
        const other = registration({ secret: "s", cluster: "eu", argoCdName: "arn:eu", stack: "organization/hubspoke/prod" });
        const servers = { eu: "https://eu.example.com" };
        const refuse = (existing: Registration) => refuseSecondRegistration(servers, [existing], "organization/hubspoke/staging");
        expect(() => refuse(other)).to.throw(/hubspoke:clusters\.eu: the hub already has a cluster "arn:eu"/);
        refuse({ ...other, stack: undefined });
        refuse({ ...other, cluster: "us" });
    });

    it("is refused with each conflict on its line, and with what to do about it", () => {
        const servers = { prod: "https://new.example.com", staging: "https://old.example.com" };
        expect(() => refuseSecondRegistration(servers, existing, "organization/hubspoke/staging")).to.throw(
            'hubspoke:clusters.prod: the hub already has a cluster "prod" at https://prod.example.com (Secret cluster-prod, of ' +
                "stack organization/hubspoke/prod). Choose another name and API server, or remove that registration first\n" +
                '  hubspoke:clusters.staging: the hub already has a cluster "old" at https://old.example.com/ (Secret by-hand, ' +
                "from another tool). Adopt it with npm run adopt -- staging, or choose another name and API server",
        );
    });

    it("is refused for the Secret that it would have, whatever cluster is registered there", () => {
        const other = [registration({ secret: "cluster-eu", cluster: "x", server: "https://x.example.com" })];
        const servers = { eu: "https://eu.example.com" };
        expect(() => refuseSecondRegistration(servers, other, "s")).to.throw(/Secret cluster-eu/);
        refuseSecondRegistration(servers, other, "s", {}, { eu: { clusterSecret: "another" } });
        expect(() => refuseSecondRegistration(servers, other, "s", {}, { eu: { name: "x", clusterSecret: "another" } })).to.throw();
    });

    it("is refused for a key, and so a Secret, of another stack, whatever its name in Argo CD is", () => {
        const others = [registration({ cluster: "eu", argoCdName: "arn:aws:eks:x", secret: "cluster-eu", stack: "other" })];
        const servers = { eu: "https://eu.example.com" };
        expect(() => refuseSecondRegistration(servers, others, "organization/hubspoke/prod")).to.throw(/clusters\.eu/);
    });

    it("from another tool is not a conflict if the stack adopts it", () => {
        const servers = { staging: "https://old.example.com/" };
        refuseSecondRegistration(servers, existing, "organization/hubspoke/staging", { staging: "by-hand" });
    });

    it("of the stack itself is not a conflict", () => {
        refuseSecondRegistration({ prod: "https://prod.example.com" }, existing, "organization/hubspoke/prod");
        expect(() => refuseSecondRegistration({ prod: "https://prod.example.com" }, existing, "other")).to.throw();
    });

    it("is refused for two clusters of one stack with the same API server", () => {
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
