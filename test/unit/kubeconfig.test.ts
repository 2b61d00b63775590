import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { type ClusterAddress, findCluster } from "../../clusters/kubeconfig";
import { credentialsOf, forgetLogin, impersonation } from "../../clusters/kubeconfig/credentials";
import { PluginError, logIn } from "../../clusters/kubeconfig/execPlugin";
import { credentialProblem } from "../../clusters/kubeconfig/errors";
import type { Exec } from "../../clusters/kubeconfig/fields";
import { waitFor } from "../../clusters/wait";
import { type Parts, shapes } from "../lab/support/kubeconfigShapes";
import { failure } from "./support/failure";

const v1 = "client.authentication.k8s.io/v1";
const v1beta1 = "client.authentication.k8s.io/v1beta1";

/** A kubeconfig with one cluster, one user and one context, all named `a`. */
function kubeconfig(user: object, cluster: object = {}): string {
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "a",
        clusters: [{ name: "a", cluster: { server: "https://a.example.com", ...cluster } }],
        users: [{ name: "a", user }],
        contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    });
}

function find(user: object, cluster?: object): Promise<ClusterAddress> {
    return findCluster("clusters.a", { kubeconfig: kubeconfig(user, cluster) });
}

async function authorization(user: object): Promise<string | undefined> {
    return (await credentialsOf(await find(user))).authorization;
}

/** A plugin that runs a script and is told the names of its input. */
function plugin(script: string, more: object = {}): { exec: object } {
    return { exec: { apiVersion: v1beta1, command: "sh", args: ["-c", script], ...more } };
}

function printing(status: object, apiVersion = v1beta1): string {
    return `echo '${JSON.stringify({ kind: "ExecCredential", apiVersion, status })}'`;
}

describe("the kubeconfig of a user's machine", () => {
    let folder: string;
    const before = process.env.KUBECONFIG;
    const write = (name: string, text: string | Buffer) => {
        const file = path.join(folder, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, text);
        return file;
    };
    const findIn = (...files: string[]) => {
        process.env.KUBECONFIG = files.join(path.delimiter);
        return findCluster("clusters.a", { context: "a" });
    };
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubeconfig-"))));
    afterEach(() => {
        fs.rmSync(folder, { recursive: true });
        if (before === undefined) {
            delete process.env.KUBECONFIG;
        } else {
            process.env.KUBECONFIG = before;
        }
    });

    it("is merged from several files: the first that defines a name counts, whole", async () => {
        const first = write("first", kubeconfig({ token: "one" }));
        const second = write("second", kubeconfig({ as: "x", token: "two" }));
        const { user } = await findIn(first, second);
        expect([user.token, user.as]).to.deep.equal(["one", undefined]);
        expect((await findIn(second, first)).user.token).to.equal("two");
    });

    it("is merged from entries in different files, without those that are not there", async () => {
        const whole = parse(kubeconfig({ token: "t" })) as { users: unknown; contexts: unknown; clusters: unknown };
        const lists = ["users", "contexts", "clusters"] as const;
        const files = lists.map((key) => write(key, stringify({ [key]: whole[key] })));
        const { server, user } = await findIn("", path.join(folder, "none"), ...files, write("empty", ""));
        expect([server, user.token]).to.deep.equal(["https://a.example.com", "t"]);
    });

    it("names paths relative to the file, and not to the working folder", async () => {
        write("here/token", "from-file\n");
        write("here/ca.crt", "PEM");
        const file = write("here/config", kubeconfig({ tokenFile: "token" }, { "certificate-authority": "ca.crt" }));
        const address = await findIn(file);
        expect(address.tls.ca).to.equal("PEM");
        expect((await credentialsOf(address)).authorization).to.equal("Bearer from-file");
    });

    it("names a plugin relative to the file only where it is a path", async () => {
        const script = write("here/login.sh", `#!/bin/sh\n${printing({ token: "by-path" })}\n`);
        fs.chmodSync(script, 0o755);
        const exec = { apiVersion: v1beta1, command: "./login.sh" };
        const address = await findIn(write("here/config", kubeconfig({ exec })));
        expect((await credentialsOf(address)).authorization).to.equal("Bearer by-path");
        expect((await findIn(write("here/other", kubeconfig(plugin("true"))))).user.exec?.command).to.equal("sh");
    });

    it("may be UTF-16 with a byte order mark, as PowerShell writes it, or have one in UTF-8, or carriage returns", async () => {
        const text = kubeconfig({ token: "t" });
        const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
        for (const written of [utf16, `\ufeff${text}`, text.replace(/\n/g, "\r\n"), JSON.stringify(parse(text))]) {
            expect((await findIn(write("config", written))).user.token).to.equal("t");
        }
    });

    it("is refused by the file's name where one of several is not readable", async () => {
        fs.mkdirSync(path.join(folder, "folder"));
        const error = await failure(findIn(write("good", kubeconfig({ token: "t" })), path.join(folder, "folder")));
        expect(error).to.match(/^hubspoke:clusters\.a: \S+\/folder cannot be read \(EISDIR\)/);
    });
});

describe("a kubeconfig's YAML", () => {
    const texts: { name: string; text: string; says?: RegExp }[] = [
        { name: "anchors and merges", text: kubeconfig({}).replace("user: {}", "user: { <<: &t { token: t } }") },
        { name: "a second document", text: `${kubeconfig({ token: "t" })}---\nfoo: [` },
        { name: "a key twice", text: kubeconfig({ token: "t" }).replace("token: t", "token: u\n      token: t") },
        { name: "fields of its own", text: `${kubeconfig({ token: "t" })}extra: { a: 1 }\npreferences: {}\n` },
        { name: "null in the place of lists", text: kubeconfig({ token: "t", "as-groups": null, exec: null }) },
        { name: "no kind", text: kubeconfig({ token: "t" }).replace("kind: Config\n", "") },
        { name: "a token like a date", text: kubeconfig({ token: "t" }).replace("token: t", "token: 2026-01-01") },
        { name: "a token that is a number", text: kubeconfig({ token: 12 }), says: /users\[0\]\.user\.token must be text/ },
        { name: "a token that is a boolean", text: kubeconfig({}).replace("{}", "{ token: yes }"), says: /token must be text/ },
        { name: "a flag in quotes", text: kubeconfig({ token: "t" }, { "insecure-skip-tls-verify": "true" }), says: /must be true or false/ },
        { name: "data that is not base64", text: kubeconfig({ "client-key-data": "%" }), says: /client-key-data must be base64/ },
        { name: "another kind", text: kubeconfig({}).replace("Config", "Secret"), says: /kind must be Config/ },
        { name: "a name twice", text: kubeconfig({}).replace("users:", "users:\n  - { name: a }"), says: /users must not have a name twice/ },
        { name: "no current context", text: kubeconfig({}).replace("current-context: a", 'current-context: ""'), says: /has no current-context/ },
    ];
    for (const { name, text, says } of texts) {
        it(`may${says === undefined ? "" : " not"} have ${name}`, async () => {
            const found = findCluster("clusters.a", { kubeconfig: text });
            if (says === undefined) {
                expect((await found).user.token).to.match(/^t$|^2026-01-01$/);
            } else {
                expect(await failure(found)).to.match(/^hubspoke:clusters\.a\.kubeconfig: /).and.match(says);
            }
        });
    }
});

describe("what client-go refuses in a kubeconfig", () => {
    const exec = { apiVersion: v1, command: "x", interactiveMode: "Never" };
    const cases: { name: string; user?: object; cluster?: object; says: RegExp }[] = [
        { name: "an authority twice", cluster: { "certificate-authority": "/a", "certificate-authority-data": "QQ==" }, says: /both certificate-authority and/ },
        { name: "an authority that is not asked", cluster: { "certificate-authority-data": "QQ==", "insecure-skip-tls-verify": true }, says: /insecure-skip-tls-verify/ },
        { name: "an unknown kind of proxy", cluster: { "proxy-url": "ftp://proxy" }, says: /proxy-url/ },
        { name: "a proxy's password with a # in it", cluster: { "proxy-url": "http://u:12#hunter2@proxy" }, says: /^(?!.*hunter2).*Escape the special/ },
        { name: "a server without https://", cluster: { server: "a.example.com:6443" }, says: /not a valid URL/ },
        { name: "a certificate twice", user: { "client-certificate": "/a", "client-certificate-data": "QQ==" }, says: /both client-certificate and/ },
        { name: "a certificate without a key", user: { "client-certificate": "/a" }, says: /without a key/ },
        { name: "a token and a password", user: { token: "t", username: "u" }, says: /both a token and a password/ },
        { name: "groups without a user", user: { token: "t", "as-groups": ["g"] }, says: /without as\b/ },
        { name: "exec and auth-provider", user: { exec, "auth-provider": { name: "oidc" } }, says: /both exec and auth-provider/ },
        { name: "a provider that went away", user: { "auth-provider": { name: "gcp" } }, says: /no longer support/ },
        { name: "a plugin without a command", user: { exec: { ...exec, command: "" } }, says: /without a command/ },
        { name: "an old plugin", user: { exec: { ...exec, apiVersion: "client.authentication.k8s.io/v1alpha1" } }, says: /apiVersion is not/ },
        { name: "a plugin that does not say how it asks", user: { exec: { ...exec, interactiveMode: undefined } }, says: /without interactiveMode/ },
        { name: "a plugin that asks in an unknown way", user: { exec: { ...exec, interactiveMode: "Maybe" } }, says: /interactiveMode is not/ },
        { name: "a variable without a name", user: { exec: { ...exec, env: [{ value: "x" }] } }, says: /variable without a name/ },
        { name: "nobody", user: {}, says: /no credentials/ },
    ];
    for (const { name, user = { token: "t" }, cluster, says } of cases) {
        it(`${name} is refused by the setting`, async () => {
            expect(await failure(find(user, cluster))).to.match(/^hubspoke:clusters\.a: /).and.match(says);
        });
    }

    it("does not matter in entries that are not used", async () => {
        const text = kubeconfig({ token: "t" });
        const unused = text.replace("users:\n", "users:\n  - { name: b, user: { exec: { command: x }, token-file: /none } }\n");
        expect((await findCluster("clusters.a", { kubeconfig: unused })).user.token).to.equal("t");
    });

    it("an anonymous user passes where there is no TLS, as with `kubectl proxy`", async () => {
        const { server } = await find({}, { server: "http://127.0.0.1:8001" });
        expect(server).to.equal("http://127.0.0.1:8001");
    });
});

describe("the credentials of a kubeconfig", () => {
    let folder: string;
    before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "credentials-"))));
    after(() => fs.rmSync(folder, { recursive: true }));

    it("come from the token file, read anew each time, before a token", async () => {
        const tokenFile = path.join(folder, "token");
        const address = await find({ token: "old", tokenFile });
        expect((await credentialsOf(address)).authorization).to.equal("Bearer old");
        for (const token of ["one", "two"]) {
            fs.writeFileSync(tokenFile, `${token}\n`);
            expect((await credentialsOf(address)).authorization).to.equal(`Bearer ${token}`);
        }
    });

    it("may be a name and a password", async () => {
        expect(await authorization({ username: "u", password: "p" })).to.equal(`Basic ${btoa("u:p")}`);
    });

    it("may be an ID token that has not expired", async () => {
        const token = (exp: number) => `e30.${Buffer.from(JSON.stringify({ exp })).toString("base64url")}.x`;
        const user = (idToken: string) => ({ "auth-provider": { name: "oidc", config: { "id-token": idToken } } });
        const soon = Math.floor(Date.now() / 1000);
        expect(await authorization(user(token(soon + 60)))).to.equal(`Bearer ${token(soon + 60)}`);
        expect(await failure(authorization(user(token(soon))))).to.match(/^hubspoke:clusters\.a: the ID .*expired/);
    });

    it("are not sent without TLS", async () => {
        const address = await find({ token: "t" }, { server: "http://127.0.0.1:8001" });
        expect(await credentialsOf(address)).to.deep.equal({});
    });

    it("do not run a plugin where a token is there", async () => {
        expect(await authorization({ token: "t", ...plugin("exit 1") })).to.equal("Bearer t");
    });

    it("act as another user, with groups, UID and extra fields", () => {
        const extra = { "example.com/x(y)": ["1", "2"] };
        const user = { as: "ops", "as-groups": ["a", "b"], "as-uid": "1", "as-user-extra": extra };
        expect(impersonation(user)).to.deep.equal({
            "impersonate-user": "ops",
            "impersonate-uid": "1",
            "impersonate-group": ["a", "b"],
            "impersonate-extra-example.com%2Fx%28y%29": ["1", "2"],
        });
    });

    it("say nothing of a certificate or a token that cannot be used", async () => {
        const data = btoa("EXAMPLE-SECRET");
        const certificate = { "client-certificate-data": data, "client-key-data": data };
        for (const user of [certificate, { token: "EXAMPLE-SECRET\nx" }]) {
            expect(await failure(authorization(user))).to.match(/^hubspoke:clusters\.a: the /).and.not.include("EXAMPLE");
        }
    });
});

describe("an exec plugin", () => {
    it("is told what client-go tells it, and gets the kubeconfig's variables", async () => {
        const config = { audience: "x" };
        const printed = printing({ token: "TOKEN" }).replace("TOKEN", `'"$(echo $KUBERNETES_EXEC_INFO | base64 -w0)"'`);
        const script = `test "$MINE" = mine && ${printed}`;
        const cluster = {
            "certificate-authority-data": btoa("PEM"),
            "tls-server-name": "name",
            "proxy-url": "http://proxy:3128",
            extensions: [{ name: "client.authentication.k8s.io/exec", extension: config }],
        };
        const user = plugin(script, { provideClusterInfo: true, env: [{ name: "MINE", value: "mine" }] });
        const { authorization: told = "" } = await credentialsOf(await find(user, cluster));
        expect(JSON.parse(atob(told.replace("Bearer ", "")))).to.deep.equal({
            kind: "ExecCredential",
            apiVersion: v1beta1,
            spec: {
                interactive: false,
                cluster: {
                    server: "https://a.example.com",
                    "tls-server-name": "name",
                    "insecure-skip-tls-verify": false,
                    "certificate-authority-data": btoa("PEM"),
                    "proxy-url": "http://proxy:3128",
                    "disable-compression": false,
                    config,
                },
            },
        });
    });

    it("runs once for many requests, until its credentials expire or are refused", async () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "plugin-"));
        const runs = () => fs.readFileSync(path.join(folder, "runs"), "utf8").length;
        const expiring = (expirationTimestamp: string) =>
            find(plugin(`printf x >> ${folder}/runs; ${printing({ token: "t", expirationTimestamp })}`));
        const lasting = await expiring("2999-01-01T00:00:00Z");
        await Promise.all([credentialsOf(lasting), credentialsOf(lasting)]);
        await credentialsOf(lasting);
        expect(runs()).to.equal(1);
        forgetLogin(lasting);
        await credentialsOf(lasting);
        expect(runs()).to.equal(2);
        const expired = await expiring("2020-01-01T00:00:00Z");
        await credentialsOf(expired);
        await credentialsOf(expired);
        expect(runs()).to.equal(4);
        fs.rmSync(folder, { recursive: true });
    });

    it("runs beside seven others at most, and every one of them runs", async () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "plugins-"));
        const counted = "until [ -e go ]; do sleep 0.05; done; rm $0.running";
        const script = `cd ${folder}; touch $0.running; ls *.running | wc -l >> counts; ${counted}; ${printing({ token: "t" })}`;
        const running = () => fs.readdirSync(folder).filter((file) => file.endsWith(".running")).length;
        const logins = Array.from({ length: 20 }, (_, index) => {
            return authorization({ exec: { apiVersion: v1beta1, command: "sh", args: ["-c", script, `${index}`] } });
        });
        await waitFor("eight plugins to run", () => {
            return Promise.resolve(running() === 8 ? { done: undefined } : { seen: `${running()} run` });
        }, { timeoutMs: 20_000 });
        fs.writeFileSync(path.join(folder, "go"), "");
        expect(new Set(await Promise.all(logins))).to.deep.equal(new Set(["Bearer t"]));
        const counts = fs.readFileSync(path.join(folder, "counts"), "utf8").trim().split("\n").map(Number);
        expect(counts).to.have.length(20);
        expect(Math.max(...counts)).to.equal(8);
        fs.rmSync(folder, { recursive: true });
    }).timeout(60_000);

    const refused: { name: string; user: object; says: RegExp }[] = [
        { name: "prints another version", user: plugin(printing({ token: "t" }, v1)), says: /apiVersion that the kubeconfig names/ },
        { name: "prints a certificate without a key", user: plugin(printing({ clientCertificateData: "x" })), says: /cannot be used/ },
        { name: "prints nothing", user: plugin("true"), says: /prints no ExecCredential/ },
        { name: "needs a terminal", user: plugin("true", { interactiveMode: "Always" }), says: /needs a terminal/ },
    ];
    for (const { name, user, says } of refused) {
        it(`that ${name} is refused by the setting`, async () => {
            expect(await failure(authorization(user))).to.match(/^hubspoke:clusters\.a: the exec /).and.match(says);
        });
    }

    it("that leaves a process behind is not waited for", async () => {
        expect(await authorization(plugin(`sleep 60 & ${printing({ token: "t" })}`))).to.equal("Bearer t");
    });

    it("that waits for a person ends at the limit, with what it says, but for its input", async () => {
        const words = "open https://login.example.com and enter the code ABCD";
        const env = [{ name: "SECRET", value: "EXAMPLE-SECRET" }];
        const { exec } = (await find(plugin(`echo "$SECRET ${words}" >&2; exec sleep 60`, { env }))).user;
        const error = await logIn(exec as Exec, undefined, 300).catch((late: unknown) => late);
        expect(error).to.be.instanceOf(PluginError);
        expect(credentialProblem("clusters.a", { exec }, error)).to.match(/^hubspoke:clusters\.a: /).and.include(`*** ${words}`);
    });
});

describe("docs/kubeconfigs.md", () => {
    it("has the verdict on each kubeconfig that the lab tries, in its order", () => {
        const parts = new Proxy({}, { get: () => "https://127.0.0.1:6443" }) as Parts;
        const text = fs.readFileSync(path.resolve(__dirname, "../../docs/kubeconfigs.md"), "utf8");
        const rows = shapes(parts).map(({ name, works }) => {
            const verdict = works ? "works" : "refused";
            return `| ${name} | ${verdict} | ${verdict} |`;
        });
        expect(text.slice(text.indexOf("| --- |")).trim().split("\n").slice(1)).to.deep.equal(rows);
    });

    for (const said of ["bad password s3cr3tvalue99.", "<tok3n-abcdefgh>", "(s3cr3tvalue99)!", "user:s3cr3tvalue99@host"]) {
        it(`that quotes its input is masked: ${said.replace(/\w{3}\d/, "…")}`, () => {
            const args = ["--password", "s3cr3tvalue99", "--token=tok3n-abcdefgh"];
            const exec = { command: "login", args, env: [] } as unknown as Exec;
            const message = credentialProblem("clusters.a", { exec }, new PluginError("failed", said));
            expect(message).to.include("***").and.not.match(/s3cr3tvalue99|tok3n-abcdefgh/);
        });
    }

    it("has a URL without the query that some tools add", async () => {
        const text = kubeconfig({ token: "t" }, { server: "https://a.example.com:6443/x?access_token=abc" });
        expect((await findCluster("clusters.a", { kubeconfig: text })).server).to.equal("https://a.example.com:6443/x");
    });
});
