import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { agentRepositoryUrl, copyAgentRepository, writeAgentFile } from "../../../lab/argocd";
import { gitEnvironment } from "../../../lab/argocd/gitRepository";
import { run } from "../../../lab/processes";

/** A server of somebody else, which has nothing and remembers what it was asked. */
export interface Outside {
    readonly url: string;
    readonly asked: readonly string[];
    close(): Promise<void>;
}

export async function openOutside(): Promise<Outside> {
    const asked: string[] = [];
    const server = http.createServer(({ method, url, headers }, response) => {
        asked.push(`${method} ${url} ${headers.authorization ?? "without a credential"}`);
        // Git sends its credential when it is asked.
        response.writeHead(401, { "www-authenticate": 'Basic realm="outside"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, asked, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: thief }\n";

/**
 * Makes a repository with three charts that have more done than to be rendered.
 *
 * @param outside the server that they name
 * @returns the repository's URL
 */
export async function pushHostileRepository(outside: string): Promise<string> {
    const repository = await copyAgentRepository("hostile");
    const files = {
        "values/.argocd-source.yaml": `helm: { valueFiles: ["${outside}/values.yaml"] }\n`,
        "kustomize/.argocd-source.yaml": "kustomize: {}\n",
        "kustomize/kustomization.yaml": `resources: ["${outside}/base.git//deploy", "${outside}/object.yaml"]\n`,
        "kustomize/object.yaml": configMap,
    };
    for (const folder of ["values", "kustomize", "submodule"]) {
        await writeAgentFile(`${folder}/Chart.yaml`, `apiVersion: v2\nname: thief\nversion: 1.0.0\n`, repository);
        await writeAgentFile(`${folder}/templates/object.yaml`, configMap, repository);
    }
    for (const [file, text] of Object.entries(files)) {
        await writeAgentFile(file, text, repository);
    }
    await addSubmodule(repository, `${outside}/stolen.git`);
    return agentRepositoryUrl(repository);
}

/** Adds a submodule by its entry alone, as nobody has its commit. */
async function addSubmodule(repository: string, url: string): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-submodule-"));
    const script = [
        `git clone --quiet '${repository}' work`,
        "cd work",
        "git config --file .gitmodules submodule.stolen.path stolen",
        `git config --file .gitmodules submodule.stolen.url '${url}'`,
        "git add .gitmodules",
        "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),stolen",
        "git commit --quiet --message 'Add a submodule'",
        "git push --quiet origin HEAD:main",
    ].join(" && ");
    try {
        const { ok, output } = await run("bash", ["-c", script], { cwd: folder, env: gitEnvironment(), timeoutMs: 30_000 });
        expect(ok, output).to.equal(true);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
