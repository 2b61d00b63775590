import { readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { argoCdValues } from "../../components/argoCd/values";
import { oldestChart } from "../../settings/chart";
import { argoCdChart } from "../../components/argoCd/version";
import newest from "../fixtures/argo-cd-10.1.1.json";
import oldest from "../fixtures/argo-cd-8.6.0.json";
import { hubSettings } from "./support/hub";
import { everyService } from "./support/notifications";

type Keys = Readonly<Record<string, string>>;

/** Every key of a chart's default values with its type, by the chart's version. */
const charts: Readonly<Record<string, Keys>> = { "8.6.0": oldest, "10.1.1": newest };

/** Maps of which the chart passes every key on, as they are. */
const passedOn = [
    "configs/cm",
    "configs/params",
    "configs/secret/extra",
    "global/nodeSelector",
    "redis-ha/haproxy/deploymentStrategy/rollingUpdate",
];

/** What is wrong with values for that chart: keys that it does not have, and values of another type. */
function misfits(known: Keys, value: unknown, path = ""): string[] {
    const type = known[path];
    if (type === undefined && isMap(value)) {
        return Object.entries(value).flatMap(([key, child]) => misfits(known, child, path === "" ? key : `${path}/${key}`));
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

describe("the charts for the check of the values", () => {
    it("are the oldest that the settings allow, and the default", () => {
        expect(Object.keys(charts)).to.deep.equal([oldestChart, argoCdChart.version]);
    });
});

for (const [version, known] of Object.entries(charts)) {
    describe(`the values for the argo-cd chart ${version}`, () => {
        for (const availability of ["ha", "single"]) {
            for (const fleet of ["small", "medium", "large"]) {
                for (const access of [{}, { oidc, groups: { platform: "admin" } }]) {
                    it(`are all valid: ${availability}, ${fleet}, ${"oidc" in access ? "sign-on" : "admin"}`, () => {
                        const knownHosts = "git.example.com ssh-ed25519 AAAA";
                        expect(misfits(known, valuesOf({ availability, fleet, access, knownHosts }))).to.deep.equal([]);
                    });
                }
            }
        }

        const ways = [{ kind: "ingress", class: "nginx", annotations: { a: "b" } }, { kind: "gateway", class: "envoy" }];
        for (const ingress of ways) {
            it(`are all valid: access by ${ingress.kind}`, () => {
                expect(misfits(known, valuesOf({ ingress }))).to.deep.equal([]);
            });
        }

        it("are all valid: every service for notifications", () => {
            const alerts = { notifications: everyService };
            expect(misfits(known, valuesOf({ alerts }))).to.deep.equal([]);
        });

        it("are all valid: an identity at every cloud", () => {
            const identity = {
                aws: { roleArn: "arn:aws:iam::111122223333:role/argocd-hub" },
                gcp: { serviceAccount: "argocd@example.iam.gserviceaccount.com" },
                azure: { clientId: "11111111-2222-4333-8444-555555555555" },
            };
            expect(misfits(known, valuesOf({ identity }))).to.deep.equal([]);
        });

        it("are all valid: tokens for spokes that trust the hub", () => {
            expect(misfits(known, valuesOf({ federation: { audiences: ["prod"] } }))).to.deep.equal([]);
        });

        it("are all valid: TLS to Redis' proxies", () => {
            expect(misfits(known, valuesOf({ redisTls: true }))).to.deep.equal([]);
        });

        it("are all valid: keys that sign commits", () => {
            const keys = [readFileSync(path.resolve(__dirname, "../fixtures/keys/ed25519.asc"), "utf8")];
            expect(misfits(known, valuesOf({ sourceIntegrity: { keys } }))).to.deep.equal([]);
        });

        it("are all known to it: what the pods need", () => {
            const image = "registry.example.com/image";
            const pods = {
                images: { argoCd: image, redis: image, haproxy: image },
                registries: { "registry.example.com": { username: "hub", password: "secret" } },
                nodeSelector: { pool: "platform" },
                tolerations: [{ operator: "Exists" }],
                priorityClass: "platform",
                proxy: { url: "http://proxy.example.com:3128" },
            };
            const gitCertificates = { "git.example.com": "-----BEGIN CERTIFICATE-----" };
            for (const availability of ["ha", "single"]) {
                expect(misfits(known, valuesOf({ pods, gitCertificates, availability }))).to.deep.equal([]);
            }
        });

        it("would fail with a key or a type that the chart does not have", () => {
            const wrong = { server: { replica: 2, replicas: "2" }, configs: { cm: { anything: "goes" } } };
            expect(misfits(known, wrong)).to.deep.equal([
                "server/replica: no such key",
                "server/replicas: string, but the chart has number",
            ]);
        });
    });
}

function valuesOf(more: Readonly<Record<string, unknown>>) {
    return argoCdValues({ settings: hubSettings(more), serviceMonitors: true });
}
