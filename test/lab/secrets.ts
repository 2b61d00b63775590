import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { kubectl } from "../../lab/kubectl";
import { clusterNames } from "../../lab/clusters";
import { logDir } from "../../lab/paths";
import { adminPassword } from "../../lab/stacks/pulumi";
import { backendDir, passphraseFile, projectDir } from "../../lab/stacks/environment";
import { stackNames } from "../../lab/stacks/project";
import { pulumiOk, transcript } from "./support/lab";

interface SecretList {
    readonly items: readonly {
        readonly metadata: { readonly namespace: string; readonly name: string };
        readonly data?: Record<string, string>;
    }[];
}

/** Keys of Secrets whose values are no secret: a cluster's name, its address, its CA. */
const publicKeys = [
    "name", "server", "project", "namespaces", "clusterResources", "namespace", "ca.crt", "tls.crt",
    "admin.passwordMtime",
];

/** Every secret value that exists in the lab, under where it was found. */
async function secretValues(): Promise<Map<string, string>> {
    const values = new Map<string, string>();
    for (const cluster of clusterNames) {
        const json = await kubectl(cluster, ["get", "secrets", "--all-namespaces", "--output=json"]);
        for (const { metadata, data = {} } of (JSON.parse(json) as SecretList).items) {
            for (const [key, encoded] of Object.entries(data).filter(([name]) => !publicKeys.includes(name))) {
                const where = `${cluster} ${metadata.namespace}/${metadata.name} ${key}`;
                const text = Buffer.from(encoded, "base64").toString("utf8");
                values.set(where, text);
                const config = key === "config" ? (JSON.parse(text) as { bearerToken?: string }) : {};
                if (config.bearerToken !== undefined) {
                    values.set(`${where} bearerToken`, config.bearerToken);
                }
            }
        }
    }
    values.set("the admin's password", await adminPassword());
    values.set("the passphrase of the stacks", fs.readFileSync(passphraseFile, "utf8"));
    return values;
}

function filesBelow(folder: string): string[] {
    return fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name));
}

describe("secrets", () => {
    it("are in no state, stack file, log, output, preview or error of the lab", async () => {
        const values = await secretValues();
        expect([...values.keys()].filter((where) => where.endsWith("bearerToken"))).to.have.length(3);
        for (const stack of stackNames) {
            await pulumiOk(stack, "stack", "output", "--json");
            await pulumiOk(stack, "preview", "--diff");
            await pulumiOk(stack, "stack", "export");
        }
        const texts = new Map([...filesBelow(backendDir), ...filesBelow(projectDir), ...filesBelow(logDir)].map(
            (file) => [file, fs.readFileSync(file, "utf8")]));
        texts.set("what commands printed", transcript.join("\n"));
        const leaks: string[] = [];
        for (const [where, value] of values) {
            const forms = [value, Buffer.from(value, "utf8").toString("base64")].filter((form) => form.length >= 8);
            for (const [file, text] of texts) {
                if (forms.some((form) => text.includes(form))) {
                    leaks.push(`${where} in ${file}`);
                }
            }
        }
        expect(leaks).to.deep.equal([]);
    });

    it("would be found by this search if they were there", async () => {
        const [password] = [await adminPassword()];
        const shown = await pulumiOk("hub", "stack", "output", "--show-secrets", "--json");
        transcript.pop();
        expect(shown).to.include(password);
    });
});
