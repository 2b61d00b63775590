import { expect } from "chai";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { certificateProblem } from "../../clusters/argoCdConnection";
import type { ClusterAddress, ServerTrust } from "../../clusters/kubeconfig";
import { uidAnnotation } from "../../clusters/names";
import { type Registration, sameServer } from "../../clusters/registrations";
import { CertificateError } from "../../clusters/request";
import { tryToken } from "../../clusters/tokenTrial";
import { checkConnection, refuseUnusableServer } from "../../preflight/connection";
import { refuseOtherClusters, servedConfirmations, uidsOf } from "../../preflight/sameCluster";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { closedPort, failure } from "./support/failure";
import { registration } from "./support/registration";

function settingsOf(more: Record<string, unknown> = {}): EnvironmentSettings {
    const prod = { context: "prod", labels: { region: "eu" }, ...more };
    const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters: { prod } };
    return parseSettings(given) as EnvironmentSettings;
}

function userOf(tls: ServerTrust): ClusterAddress {
    return { setting: "clusters.prod", server: "https://prod.example.com", tls, user: { token: "none" } };
}

describe("a URL that Argo CD is to use", () => {
    const check = (server: string, lab = false, more: Record<string, unknown> = {}) => () => {
        const settings = settingsOf(more).clusters.prod!;
        refuseUnusableServer({ settings, server, user: userOf({}) }, lab);
    };

    for (const server of [
        "https://127.0.0.1:6443", "https://127.1.2.3", "https://127.1:6443", "https://0.0.0.0:6443", "https://0:6443",
        "https://localhost:6443", "https://LOCALHOST.", "https://kind.localhost", "https://[::1]:6443", "https://[::]:6443",
        "https://[::ffff:127.0.0.1]:6443", "https://2130706433:6443",
    ]) {
        it(`is refused, since it is this machine's own: ${server}`, () => {
            expect(check(server)).to.throw(/clusters\.prod\.server: .* Argo CD runs on the hub\. Write `server`/);
        });
    }

    it("may be this machine's own in the lab, where Argo CD runs here", () => {
        expect(check("https://127.0.0.1:6443", true)).not.to.throw();
    });

    for (const server of ["https://10.0.0.1:6443", "https://128.0.0.1", "https://localhost.example.com", "https://[2001:db8::1]"]) {
        it(`is accepted: ${server}`, () => expect(check(server)).not.to.throw());
    }

    it("is refused without TLS", () => {
        expect(check("http://prod.example.com:8001")).to.throw(/has no TLS, .* Write `server` with https:\/\//);
    });

    it("is refused where Rancher's proxy would refuse the token", () => {
        const rancher = "https://rancher.example.com/k8s/clusters/c-m-abcdefgh";
        expect(check(rancher)).to.throw(/is Rancher's proxy.*Write `server` with the cluster's own endpoint/);
        const credentials = { type: "exec", command: "login", subject: { kind: "User", name: "argocd" } };
        expect(check(rancher, false, { credentials })).not.to.throw();
    });
});

describe("two URLs", () => {
    for (const [left, right] of [
        ["https://api.example.com", "https://api.example.com:443"],
        ["https://api.example.com", "https://api.example.com/"],
        ["https://ABC.gr7.eu-west-1.eks.amazonaws.com", "https://abc.gr7.eu-west-1.eks.amazonaws.com"],
        ["https://api.example.com:6443?__uid=a", "https://api.example.com:6443?__uid=b"],
        ["https://api.example.com.:6443", "https://api.example.com:6443"],
        ["HTTPS://api.example.com", "https://api.example.com"],
        ["https://rancher.example.com/k8s/clusters/a/", "https://rancher.example.com/k8s/clusters/a"],
    ] as const) {
        it(`are of one API server: ${left} and ${right}`, () => expect(sameServer(left, right)).to.equal(true));
    }
    for (const [left, right] of [
        ["https://api.example.com", "https://api.example.com:6443"],
        ["https://rancher.example.com/k8s/clusters/a", "https://rancher.example.com/k8s/clusters/A"],
        ["https://a.example.com", "https://b.example.com"],
    ] as const) {
        it(`are of two API servers: ${left} and ${right}`, () => expect(sameServer(left, right)).to.equal(false));
    }
});

describe("a certificate that Argo CD would refuse", () => {
    const problem = (code: string, tls: ServerTrust) =>
        certificateProblem(userOf(tls), new CertificateError("", code), userOf(tls));

    it("for another name asks for the kubeconfig's server name", () => {
        expect(problem("ERR_TLS_CERT_ALTNAME_INVALID", { serverName: "kube.example.com" })).to.match(
            /^hubspoke:clusters\.prod\.tls: .* Write `serverName: kube\.example\.com`\. .*`hubOnly: true`$/,
        );
    });
    it("of another authority asks for the kubeconfig's CA, or for public authorities", () => {
        expect(problem("SELF_SIGNED_CERT_IN_CHAIN", { ca: "PEM" })).to.match(/Write the CA of this URL as `ca`/);
        expect(problem("UNABLE_TO_VERIFY_LEAF_SIGNATURE", {})).to.match(/write `ca: system`\./);
    });
    it("out of its time is to be renewed", () => {
        expect(problem("CERT_HAS_EXPIRED", {})).to.match(/Renew it\./);
    });
});

describe("a URL that only the hub reaches", () => {
    it("is not asked from here: neither in the preview, nor with the token", async () => {
        const settings = settingsOf({ hubOnly: true }).clusters.prod!;
        const user = { ...userOf({}), server: `https://127.0.0.1:${await closedPort()}` };
        await checkConnection({ settings, server: user.server, user });
        const other = settingsOf().clusters.prod!;
        const error = await failure(checkConnection({ settings: other, server: user.server, user }));
        expect(error).to.match(/cannot be reached/);
        const server = http.createServer((_, response) => void response.end()).listen(0, "127.0.0.1");
        await new Promise((resolve) => server.once("listening", resolve));
        try {
            const own = { ...user, server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
            expect(await tryToken(own, undefined, "t", "agent")).to.deep.equal({ status: 200, byArgoCdsWay: false });
        } finally {
            server.close();
        }
    });

    it("needs Argo CD's own check, which connectionTimeout may not turn off", () => {
        const prod = { context: "prod", labels: { region: "eu" }, hubOnly: true };
        const given = { role: "environment", environment: "prod", hub: { context: "hub" }, clusters: { prod } };
        expect(() => parseSettings({ ...given, connectionTimeout: "0s" })).to.throw(/clusters\.prod\.hubOnly: is true, and with/);
        parseSettings(given);
    });
});

describe("a cluster behind its name", () => {
    const [a, b] = ["0f1d2c3b-4a59-4687-9786-a5b4c3d2e1f0", "11111111-2222-4333-8444-555555555555"] as const;
    const stack = "organization/hubspoke/prod";
    const url = "https://prod.example.com";
    const registered = (annotations: Record<string, string>): Registration[] => [
        registration({ secret: "cluster-prod", cluster: "prod", server: url, stack, labels: {}, annotations }),
    ];
    interface Case {
        readonly expected?: string;
        readonly name?: string;
        readonly server?: string;
        readonly annotations?: Record<string, string>;
    }
    const check = (uid: string | undefined, given: Case = {}) => () => {
        const { expected, name, server = url, annotations = { [uidAnnotation]: a } } = given;
        refuseOtherClusters(settingsOf({ uid: expected, name }), [{ name: "prod", server, uid }], registered(annotations), stack);
    };

    it("is the registered one", () => expect(check(a)).not.to.throw());
    it("is refused where the kubeconfig leads to another, until its UID is written", () => {
        expect(check(b)).to.throw(`leads to the cluster ${b}, but the hub has registered ${a}. If that is meant, write \`uid: ${b}\``);
        expect(check(b, { expected: b })).not.to.throw();
    });
    it("is refused where the written UID is another's", () => {
        expect(check(a, { expected: b })).to.throw(`clusters.prod.uid: is ${b}, but the kubeconfig leads to the cluster ${a}`);
    });
    it("is not confirmed by a UID that cannot be read", () => {
        expect(check(undefined, { expected: b })).to.throw(/prod\.uid: is .* may not read .* Grant `get`/);
        expect(check(undefined, { expected: a })).not.to.throw();
    });
    it("keeps its name in Argo CD, after which its Application is named", () => {
        expect(check(a, { name: "arn:aws:eks:prod" })).to.throw(/prod\.name: the hub has registered the cluster as "prod"/);
    });
    it("is refused at another URL, until its UID is written", () => {
        const server = "https://other.example.com";
        expect(check(a, { server })).to.throw(/prod\.server: is https:\/\/other\.example\.com, but the hub has/);
        expect(check(undefined, { server })).to.throw(/Grant `get` of the namespace kube-system/);
        expect(check(undefined, { server, expected: a })).to.throw(/Grant `get` of the namespace kube-system/);
        expect(check(a, { server, expected: a })).not.to.throw();
        expect(check(a, { server: "https://PROD.example.com:443/" })).not.to.throw();
    });
    it("is named in the preview when its confirmation has served", () => {
        const before = registered({ [uidAnnotation]: a });
        const served = (uid: string | undefined, server = url) =>
            servedConfirmations(settingsOf({ uid }), [{ name: "prod", server, uid: a }], before, stack);
        expect(served(a).join()).to.match(/^hubspoke:clusters\.prod\.uid: the hub has this UID now\. Remove/);
        expect([...served(undefined), ...served(b), ...served(a, "https://other.example.com")]).to.deep.equal([]);
    });
    it("is refused by a second name: in its stack, and in another one", () => {
        const found = ["prod", "other"].map((name) => ({ name, server: `https://${name}.example.com`, uid: a }));
        const settings = settingsOf();
        expect(() => refuseOtherClusters(settings, found, [], stack)).to.throw(
            /clusters\.other: the kubeconfig leads to the cluster 0f1d.*, which is clusters\.prod already/,
        );
        const [here] = registered({ [uidAnnotation]: a });
        const stackOfDr = "organization/hubspoke/dr";
        const elsewhere = { ...here!, cluster: "prod-b", stack: stackOfDr, server: "https://b.example.com" };
        const alone = (...existing: Registration[]) => () => {
            refuseOtherClusters(settings, found.slice(0, 1), existing, stack);
        };
        expect(alone(elsewhere)).to.throw(/clusters\.prod: .* is "prod-b" of the stack \S+\/dr already/);
        expect(alone({ ...elsewhere, server: url })).not.to.throw();
        expect(alone(here!, { ...elsewhere, stack: undefined })).not.to.throw();
    });
    it("gets its UID at the next `up` where an earlier version registered it, and keeps it where it may not be read", () => {
        expect(check(b, { annotations: {} })).not.to.throw();
        expect(uidsOf([{ name: "prod", uid: b }], registered({}), stack)).to.deep.equal({ prod: b });
        const before = registered({ [uidAnnotation]: a });
        expect(uidsOf([{ name: "prod", uid: undefined }], before, stack)).to.deep.equal({ prod: a });
    });
});
