import { expect } from "chai";
import { clusterNames } from "../../lab/clusters";
import { logDir } from "../../lab/paths";
import { backendDir, projectDir } from "../../lab/stacks/environment";
import { stackNames } from "../../lab/stacks/project";
import { adminPassword } from "../../lab/stacks/pulumi";
import { pulumiOk, transcript } from "./support/lab";
import { gitTexts, leaksOf, metadataTexts, secretValues, textsBelow } from "./support/secrets";

describe("secrets", () => {
    it("are in no state, stack file, log, output, preview, error, label or annotation of the lab, and not in Git", async () => {
        const values = await secretValues();
        // One for each spoke, beside those that were replaced meanwhile.
        expect([...values.keys()].filter((where) => /^hub argocd\/.*bearerToken$/.test(where))).to.have.length(3);
        await Promise.all(
            stackNames.map(async (stack) => {
                await pulumiOk(stack, "stack", "output", "--json");
                await pulumiOk(stack, "preview", "--diff");
                await pulumiOk(stack, "stack", "export");
            }),
        );
        const places = [backendDir, projectDir, logDir].map(textsBelow);
        const metadata = await Promise.all(clusterNames.map(metadataTexts));
        const texts = new Map([...places, ...metadata, await gitTexts()].flatMap((map) => [...map]));
        texts.set("what commands printed", transcript.join("\n"));
        expect(texts.size).to.be.greaterThan(500);
        expect(leaksOf(values, texts)).to.deep.equal([]);
    });

    it("would be found by this search if they were there", async () => {
        const password = await adminPassword();
        const shown = await pulumiOk("hub", "stack", "output", "--show-secrets", "--json");
        transcript.pop();
        const values = new Map([["the admin's password", password]]);
        const encoded = Buffer.from(password, "utf8").toString("base64");
        const texts = new Map([["plain", shown], ["base64", encoded], ["neither", "nothing"]]);
        expect(leaksOf(values, texts)).to.deep.equal(["the admin's password in plain", "the admin's password in base64"]);
    });
});
