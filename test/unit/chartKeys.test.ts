import { expect } from "chai";
import { argoCdValues } from "../../components/values/argoCd";
import { type HubSettings, parseSettings } from "../../settings";
import keys from "../fixtures/argo-cd-10.1.1.json";

const known = keys as Record<string, string>;

/** Maps of which the chart passes every key on, as they are. */
const passedOn = [
    "configs/cm",
    "configs/params",
    "configs/secret/extra",
    "redis-ha/haproxy/deploymentStrategy/rollingUpdate",
];

/** What is wrong with values for that chart: keys that it does not have, and values of another type. */
function misfits(value: unknown, path = ""): string[] {
    const type = known[path];
    if (type === undefined && isMap(value)) {
        return Object.entries(value).flatMap(([key, child]) => misfits(child, path === "" ? key : `${path}/${key}`));
    }
    if (type === undefined) {
        return passedOn.includes(path.slice(0, path.lastIndexOf("/"))) ? [] : [`${path}: no such key`];
    }
    const actual = Array.isArray(value) ? "list" : isMap(value) ? "map" : typeof value;
    return type === "unset" || type === actual ? [] : [`${path}: ${actual}, but the chart has ${type}`];
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

const oidc = { issuer: "https://login.example.com", clientId: "argocd", clientSecret: "secret" };

describe("the values for the argo-cd chart 10.1.1", () => {
    for (const availability of ["ha", "single"]) {
        for (const fleet of ["small", "medium", "large"]) {
            for (const access of [{}, { oidc, groups: { platform: "admin" } }]) {
                it(`are all known to it: ${availability}, ${fleet}, ${"oidc" in access ? "sign-on" : "admin"}`, () => {
                    const settings = parseSettings({
                        role: "hub",
                        cluster: { context: "hub" },
                        domain: "example.com",
                        agent: { repository: "https://git.example.com/agent.git" },
                        availability,
                        fleet,
                        access,
                        knownHosts: "git.example.com ssh-ed25519 AAAA",
                    }) as HubSettings;
                    const values = argoCdValues({ settings, serviceMonitors: true });
                    expect(misfits(values)).to.deep.equal([]);
                });
            }
        }
    }

    for (const ingress of [{ kind: "ingress", class: "nginx", annotations: { a: "b" } }, { kind: "gateway", class: "envoy" }]) {
        it(`are all known to it: a way in by ${ingress.kind}`, () => {
            const settings = parseSettings({
                role: "hub",
                cluster: { context: "hub" },
                domain: "example.com",
                agent: { repository: "https://git.example.com/agent.git" },
                ingress,
            }) as HubSettings;
            expect(misfits(argoCdValues({ settings, serviceMonitors: false }))).to.deep.equal([]);
        });
    }

    it("would not pass with a key or a type that the chart lacks", () => {
        const wrong = { server: { replica: 2, replicas: "2" }, configs: { cm: { anything: "goes" } } };
        expect(misfits(wrong)).to.deep.equal([
            "server/replica: no such key",
            "server/replicas: string, but the chart has number",
        ]);
    });
});
