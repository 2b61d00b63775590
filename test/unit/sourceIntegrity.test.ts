import { readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { retriesOfRefused, signatureDemand } from "../../components/applications/signatures";
import { guardedVariables, refusedValues } from "../../components/argoCd/chartValues";
import { ownValues } from "../../components/argoCd/values";
import { render } from "../../scripts/generate/render";
import { keyId } from "../../settings/publicKey";
import { bringUpHub, hubSettings } from "./support/hub";
import { one } from "./support/mocks";

const read = (name: string) => readFileSync(path.resolve(__dirname, "../fixtures/keys", `${name}.asc`), "utf8");
const ed25519 = read("ed25519");
const rsa = read("rsa3072");
/** As gpg 2.2 prints them. */
const ids = { ed25519: "6864335B9C1D55B4", rsa: "80B7F1A623A27729" };

const signed = { sourceIntegrity: { keys: [ed25519, rsa] } };

describe("the ID of an OpenPGP key", () => {
    it("is gpg's, for the kinds of keys that people have", () => {
        expect(keyId(ed25519)).to.equal(ids.ed25519);
        expect(keyId(rsa)).to.equal(ids.rsa);
    });

    it("is the same with other line ends and with headers", () => {
        expect(keyId(ed25519.replaceAll("\n", "\r\n"))).to.equal(ids.ed25519);
        expect(keyId(ed25519.replace("-----\n", "-----\nComment: ours\nVersion: 2\n"))).to.equal(ids.ed25519);
    });

    const [, content = ""] = /\n\n([^=]*)/.exec(rsa) ?? [];
    const others: [name: string, text: string][] = [
        ["nothing", ""],
        ["another text", "ssh-ed25519 AAAA"],
        ["a block without a key", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----"],
        ["a block that is cut off", rsa.replace(content, content.slice(0, 200))],
        ["a block whose end is missing", rsa.slice(0, -40)],
        ["a block with two keys", `${rsa.trim()}\n${ed25519}`],
    ];
    for (const [name, text] of others) {
        it(`is none for ${name}`, () => expect(keyId(text)).to.equal(undefined));
    }
});

describe("the setting sourceIntegrity", () => {
    const refused: [name: string, keys: unknown, error: RegExp][] = [
        ["no key", [], /hubspoke:sourceIntegrity.keys: names no key/],
        ["what is no key", ["4AEE18F83AFDEB23"], /hubspoke:sourceIntegrity.keys.0: is not one armoured OpenPGP public key/],
        ["a private key", ["-----BEGIN PGP PRIVATE KEY BLOCK-----"], /keys.0: contains a private key/],
        ["a key twice", [rsa, `${rsa}\n`], /hubspoke:sourceIntegrity.keys: has a key twice/],
    ];
    for (const [name, keys, error] of refused) {
        it(`is refused with ${name}`, () => {
            expect(() => hubSettings({ sourceIntegrity: { keys } })).to.throw(error);
        });
    }
});

describe("the AppProject of a hub with sourceIntegrity", () => {
    const spec = async (more: object) => {
        await bringUpHub({ ...more });
        return one("kubernetes:argoproj.io/v1alpha1:AppProject", "agent-project-appproject").inputs.spec as object;
    };

    it("demands the keys, beside all else that it says", async () => {
        const without = await spec({});
        expect(without).not.to.have.any.keys("signatureKeys", "sourceIntegrity");
        // The mocks' release does not say a version.
        const signatureKeys = [{ keyID: ids.ed25519 }, { keyID: ids.rsa }];
        expect(await spec(signed)).to.deep.equal({ ...without, signatureKeys });
        const [[, manifests = ""] = []] = Object.entries(render(hubSettings(signed)));
        expect(manifests).to.include(`signatureKeys:\n    - keyID: ${ids.ed25519}\n`);
    });

    const demand = (version: string | undefined) => signatureDemand(hubSettings(signed).sourceIntegrity!, version);
    for (const version of ["v3.5.0", "3.6.1", "v3.10.0", "v4.0.0-rc1"]) {
        it(`has sourceIntegrity alone with Argo CD ${version}`, () => {
            const gpg = { mode: "head", keys: [ids.ed25519, ids.rsa] };
            expect(demand(version)).to.deep.equal({
                sourceIntegrity: { git: { policies: [{ repos: [{ url: "*" }], gpg }] } },
            });
        });
    }
    for (const version of ["v3.4.4", "v3.1.8", "v2.14.0", "", undefined]) {
        it(`has signatureKeys alone with Argo CD ${version ?? "of an unknown version"}`, () => {
            expect(Object.keys(demand(version))).to.deep.equal(["signatureKeys"]);
        });
    }
});

describe("a sync that Argo CD refuses for its signature", () => {
    const retry = { limit: 10, backoff: { duration: "5s", factor: 2, maxDuration: "3m" } };
    const ofHub = async (more: object) => {
        await bringUpHub({ ...more });
        const { inputs } = one("kubernetes:argoproj.io/v1alpha1:ApplicationSet", "agent-applicationset-applicationset");
        const { template } = inputs.spec as { template: { spec: { syncPolicy: { retry: object } } } };
        return template.spec.syncPolicy.retry;
    };

    it("is tried again with the newest revision, where Argo CD can", async () => {
        expect(await ofHub({})).to.deep.equal(retry);
        expect(await ofHub(signed)).to.deep.equal({ ...retry, refresh: true });
        // Of a chart of one's own, the mocks' release does not say the version.
        expect(await ofHub({ ...signed, chart: { path: "./chart" } })).to.deep.equal(retry);
        const found = ["v3.1.8", "v3.2.0", "v3.4.4", "v4.0.0", undefined].map(retriesOfRefused);
        expect(found).to.deep.equal([{}, { refresh: true }, { refresh: true }, { refresh: true }, {}]);
    });
});

describe("Argo CD's keyring", () => {
    const own = ownValues({ settings: hubSettings(signed), serviceMonitors: false });

    it("is the chart's, and its change restarts the repo server, which alone checks signatures", () => {
        expect(own).to.have.nested.property("configs.gpg.keys").that.deep.equals({
            [ids.ed25519]: ed25519,
            [ids.rsa]: rsa,
        });
        const annotation = (keys: string[]) => {
            const settings = hubSettings({ sourceIntegrity: { keys } });
            return JSON.stringify(ownValues({ settings, serviceMonitors: false }).repoServer);
        };
        expect(annotation([rsa])).to.include("hubspoke/signing-keys");
        expect(annotation([rsa])).to.equal(annotation([`\n${rsa}\n`]));
        expect(annotation([rsa])).not.to.equal(annotation([ed25519]));
    });

    it("cannot be turned off, and Argo CD's version cannot be another than the chart's", () => {
        const off = { ARGOCD_GPG_ENABLED: "false" };
        expect(guardedVariables(own, off)).to.deep.equal(["ARGOCD_GPG_ENABLED"]);
        const given = {
            global: { image: { tag: "v3.4.0" } },
            repoServer: { env: [{ name: "ARGOCD_GPG_ENABLED", value: "false" }] },
            configs: { gpg: { keys: { [ids.rsa]: "other" } } },
        };
        expect(refusedValues(own, given)).to.have.length(3);
        const free = ownValues({ settings: hubSettings(), serviceMonitors: false });
        expect(guardedVariables(free, off)).to.deep.equal([]);
        expect(refusedValues(free, given)).to.deep.equal([]);
    });

    it("may have more keys, for projects of others", () => {
        expect(refusedValues(own, { configs: { gpg: { keys: { "4AEE18F83AFDEB23": "key" } } } })).to.deep.equal([]);
    });
});
