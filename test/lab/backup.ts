import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { kubectl } from "../../lab/kubectl";
import { labDir } from "../../lab/paths";
import { projectDir } from "../../lab/stacks/environment";
import { clusterSecret, getObject, pulumi, pulumiOk } from "./support/lab";

/** Tokens that Argo CD has on prod, as the spoke and the hub hold them. */
async function tokens(): Promise<string[]> {
    const { config } = await clusterSecret("prod");
    const json = await kubectl("prod", ["get", "secrets", "--namespace=argocd-manager", "--output=json"]);
    const { items } = JSON.parse(json) as { items: { data?: { token?: string } }[] };
    return [config.bearerToken, ...items.flatMap(({ data }) => data?.token ?? [])];
}

describe("a stack's state, lost", () => {
    const backup = path.join(labDir, "prod-backup.json");
    const stackFile = path.join(projectDir, "Pulumi.prod.yaml");
    let stackFileBefore: string;
    let uid: string;

    before(async () => {
        stackFileBefore = fs.readFileSync(stackFile, "utf8");
        uid = (await getObject("prod", "agent", "deployment", "agent")).metadata.uid;
    });

    after(() => fs.rmSync(backup, { force: true }));

    it("has a backup without a secret in plain text", async () => {
        await pulumiOk("prod", "stack", "export", "--file", backup);
        const text = fs.readFileSync(backup, "utf8");
        const secrets = await tokens();
        expect(secrets).to.have.length(2);
        for (const secret of secrets) {
            expect(text).not.to.include(secret);
            expect(text).not.to.include(Buffer.from(secret).toString("base64"));
        }
        expect(text).to.include('"ciphertext"');
    });

    it("is restored by import, and the stack then has nothing to change", async () => {
        await pulumiOk("prod", "stack", "rm", "--yes", "--force", "--preserve-config");
        try {
            const { ok, output } = await pulumi("prod", "stack", "export");
            expect(ok, output).to.equal(false);
            await pulumiOk("prod", "stack", "init");
        } finally {
            fs.writeFileSync(stackFile, stackFileBefore);
        }
        await pulumiOk("prod", "stack", "import", "--file", backup);
        await pulumiOk("prod", "preview", "--refresh", "--expect-no-changes");
        expect((await getObject("prod", "agent", "deployment", "agent")).metadata.uid).to.equal(uid);
    });
});
