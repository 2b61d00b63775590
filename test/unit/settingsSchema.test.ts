import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";
import { parseSettings } from "../../settings";

const root = path.resolve(__dirname, "../..");
const stackFiles = readdirSync(root).filter((file) => /^Pulumi\..+\.yaml$/.test(file));
const accepts = new Ajv({ allErrors: true }).compile(
    JSON.parse(readFileSync(path.join(root, "settings.schema.json"), "utf8")) as object,
);

/** What an editor would mark in a stack file. */
function marksIn(stackFile: unknown): string[] {
    return accepts(JSON.parse(JSON.stringify(stackFile))) ? [] : (accepts.errors ?? []).map((error) => `${error.dataPath} ${error.message}`);
}

function prefixed(settings: object): object {
    return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`hubspoke:${key}`, value as unknown]));
}

const hub = {
    role: "hub",
    cluster: { context: "hub" },
    domain: "example.com",
    agent: { repository: "https://git.example.com/agent.git" },
};
const spoke = { context: "staging", labels: { region: "eu-west-1" } };
const environment = {
    role: "environment",
    environment: "staging",
    hub: { context: "hub" },
    clusters: { staging: spoke },
};

/** A stack file with the settings of a role and others. */
function hubWith(more: object): object {
    return { config: prefixed({ ...hub, ...more }) };
}

function environmentWith(more: object): object {
    return { config: prefixed({ ...environment, ...more }) };
}

function spokeWith(more: object): object {
    return environmentWith({ clusters: { staging: { ...spoke, ...more } } });
}

describe("settings.schema.json", () => {
    for (const file of stackFiles) {
        it(`accepts ${file}, whose first line names it`, () => {
            const text = readFileSync(path.join(root, file), "utf8");
            expect(marksIn(parse(text))).to.deep.equal([]);
            const [, named] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
            expect(named).to.equal("settings.schema.json");
            expect(existsSync(path.join(root, named ?? ""))).to.equal(true);
        });
    }

    const subject = { kind: "Group", name: "argocd" };
    const good: Record<string, object> = {
        "a truth value as text": { ...hub, lab: "true" },
        "a certificate by ACME": {
            ...hub,
            certificates: { issuer: "acme", email: "ops@example.com", solver: { dns01: { route53: { region: "eu" } } } },
        },
        "a rollout in steps": {
            ...hub,
            rollout: { strategy: "rolling", steps: [{ environments: ["staging"], maxUpdate: "25%" }] },
        },
        "notifications": { ...hub, alerts: { notifications: { slack: { token: "t", channels: { outages: {} } } } } },
        "external-dns": { ...hub, traffic: { active: "prod", externalDns: { mode: "install", provider: "aws" } } },
        "a number as text": { ...hub, scale: { shards: "3" } },
        "whether the agent is delivered, without quotes": { ...hub, labels: { deploy: true, region: "eu" } },
        "false as text, where it turns something off": {
            ...environment,
            clusters: { staging: { ...spoke, probe: { api: "false" } } },
        },
        "a token without its type": {
            ...environment,
            clusters: { staging: { ...spoke, credentials: { generation: 2, retired: 1 } } },
        },
        "a cloud's identity": {
            ...environment,
            clusters: { staging: { ...spoke, credentials: { type: "aws", clusterName: "s", subject } } },
        },
        "a probe that is off": { ...environment, clusters: { staging: { ...spoke, probe: { api: false } } } },
        "a secret store": { ...environment, secrets: { store: { type: "vault", server: "https://vault.example.com" } } },
    };
    for (const [what, settings] of Object.entries(good)) {
        it(`accepts ${what}, like the program`, () => {
            expect(() => parseSettings(settings as Record<string, unknown>)).not.to.throw();
            expect(marksIn({ config: prefixed(settings) })).to.deep.equal([]);
        });
    }

    const secure = { secure: "v1:AAAA:BBBB" };
    const encrypted: Record<string, object> = {
        "a text": hubWith({ domain: secure }),
        "a text in a map": spokeWith({ kubeconfig: secure, context: undefined }),
        "a text in a list": hubWith({ protectedEnvironments: ["prod", secure] }),
        "a value of a map": spokeWith({ labels: { region: secure } }),
        "a URL": spokeWith({ server: secure }),
        "a number": hubWith({ scale: { shards: secure } }),
        "true or false": hubWith({ lab: secure }),
        "a word": hubWith({ fleet: secure }),
        "a text in a variant": environmentWith({ secrets: { store: { type: "vault", server: secure, role: secure } } }),
        "a text in a map of a provider": hubWith({
            certificates: { issuer: "acme", email: secure, solver: { dns01: { webhook: { key: secure } } } },
        }),
    };
    for (const [what, stackFile] of Object.entries(encrypted)) {
        it(`accepts ${what} that Pulumi encrypted`, () => {
            expect(marksIn(stackFile)).to.deep.equal([]);
        });
    }

    it("accepts other namespaces, and Pulumi's own keys in the file", () => {
        const { config } = hubWith({}) as { config: object };
        const others = { "pulumi:disable-default-providers": ["kubernetes"], "other-namespace:key": { any: [1] } };
        const own = { encryptionsalt: "v1:x", secretsprovider: "passphrase", encryptedkey: "x", environment: ["dev"] };
        expect(marksIn({ ...own, config: { ...config, ...others } })).to.deep.equal([]);
    });

    const bad: Record<string, [stackFile: object, mark: string]> = {
        "a misspelt key": [hubWith({ domian: "example.com" }), ".config should NOT have additional properties"],
        "a misspelt key of an environment": [
            environmentWith({ cluster: {} }),
            ".config should NOT have additional properties",
        ],
        "a misspelt key of a cluster": [
            spokeWith({ contxt: "staging" }),
            ".config['hubspoke:clusters']['staging'] should NOT have additional properties",
        ],
        "another role's key": [hubWith({ clusters: {} }), ".config should NOT have additional properties"],
        "an unknown role": [
            hubWith({ role: "spoke" }),
            ".config['hubspoke:role'] should be equal to one of the allowed values",
        ],
        "no role": [{ config: {} }, ".config should have required property 'hubspoke:role'"],
        "no configuration": [{}, " should have required property 'config'"],
        "a missing setting": [
            environmentWith({ hub: undefined }),
            ".config should have required property 'hubspoke:hub'",
        ],
        "a number for a text": [hubWith({ alerts: { interval: 15 } }), ".config['hubspoke:alerts'].interval should be string"],
        "a label that YAML reads as a number": [
            hubWith({ labels: { account: 52812345678 } }),
            ".config['hubspoke:labels']['account'] should be string",
        ],
        "a text for a number": [hubWith({ scale: { shards: "3x" } }), ".config['hubspoke:scale'].shards should be integer"],
        "an unknown word": [
            hubWith({ fleet: "huge" }),
            ".config['hubspoke:fleet'] should be equal to one of the allowed values",
        ],
        "an encrypted word that selects a variant": [
            hubWith({ certificates: { issuer: secure } }),
            ".config['hubspoke:certificates'] should match exactly one schema in oneOf",
        ],
        "an encrypted text with something beside it": [
            hubWith({ domain: { ...secure, more: "x" } }),
            ".config['hubspoke:domain'] should NOT have additional properties",
        ],
        "an unknown variant": [
            spokeWith({ credentials: { type: "basic" } }),
            ".config['hubspoke:clusters']['staging'].credentials should match exactly one schema in oneOf",
        ],
    };
    for (const [what, [stackFile, mark]] of Object.entries(bad)) {
        it(`marks ${what}`, () => {
            expect(marksIn(stackFile)).to.include(mark);
        });
    }
});
