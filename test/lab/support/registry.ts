import { hashSync } from "bcryptjs";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import { stringify } from "yaml";
import { readCredentials } from "../../../lab/clusters/api";
import { labDir } from "../../../lab/paths";
import { freePorts, startProcess, stopProcess, waitFor } from "../../../lab/processes";
import { ensureExtras, toolPath } from "../../../lab/tools";
import { helm } from "./charts";
import { noteSecret } from "./secrets";

/** Distribution's registry on loopback, with TLS and a login. */
export interface Registry {
    /** Host and port. */
    readonly address: string;
    /** The certificate authority of its certificate, in PEM. */
    readonly ca: string;
    readonly username: string;
    readonly password: string;
    /** Variables with which a person's Helm is logged in and trusts the certificate. */
    readonly env: Readonly<Record<string, string>>;
    /** Pushes a packaged chart to a folder of charts, as `helm push` does. */
    push(archive: string, folder: string): Promise<void>;
    close(): Promise<void>;
}

const name = "registry";
const startLimitMs = 30_000;

/** Starts the registry, which serves with the certificate of the lab's hub, and logs Helm in. */
export async function openRegistry(): Promise<Registry> {
    await ensureExtras(["registry"], (line) => process.stdout.write(`      ${line}\n`));
    const root = path.join(labDir, name);
    fs.mkdirSync(root, { recursive: true, mode: 0o700 });
    const [port = 0] = await freePorts(1);
    const address = `127.0.0.1:${port}`;
    const username = "argocd";
    const password = randomBytes(24).toString("base64url");
    noteSecret("the registry's password", password);
    const { ca, cert, key } = readCredentials("hub");
    const file = (leaf: string, text: string) => {
        fs.writeFileSync(path.join(root, leaf), text, { mode: 0o600 });
        return path.join(root, leaf);
    };
    const config = {
        version: 0.1,
        storage: { filesystem: { rootdirectory: path.join(root, "data") } },
        http: { addr: address, tls: { certificate: file("tls.crt", cert), key: file("tls.key", key) } },
        auth: { htpasswd: { realm: "lab", path: file("htpasswd", `${username}:${hashSync(password, 10)}\n`) } },
    };
    const env = {
        SSL_CERT_FILE: file("ca.crt", ca),
        HELM_REGISTRY_CONFIG: path.join(root, "logins.json"),
        HELM_REPOSITORY_CONFIG: path.join(root, "repositories.yaml"),
        HELM_REPOSITORY_CACHE: path.join(root, "repositories"),
    };
    await startProcess({
        name,
        command: toolPath(name),
        args: ["serve", file("config.yaml", stringify(config))],
        env: { OTEL_TRACES_EXPORTER: "none" },
        cwd: root,
        ports: [port],
    });
    const login = `${username}:${password}`;
    file("logins.json", JSON.stringify({ auths: { [address]: { auth: Buffer.from(login).toString("base64") } } }));
    await waitFor(
        "the registry to take the login",
        async () => {
            const status = await statusOf(`https://${address}/v2/`, ca, login);
            return status === 200 ? { done: undefined } : { seen: `it answers ${status}` };
        },
        { timeoutMs: startLimitMs, processes: [name] },
    );
    return {
        address,
        ca,
        username,
        password,
        env,
        push: async (archive, folder) => {
            await helm(["push", archive, `oci://${address}/${folder}`], env);
        },
        close: async () => {
            await stopProcess(name);
            fs.rmSync(root, { recursive: true });
        },
    };
}

/** The status with which it answers a request, with a login or without. */
export function statusOf(url: string, ca: string, auth?: string): Promise<number> {
    return new Promise((resolve, reject) => {
        const request = https.get(url, { ca, auth, agent: false }, (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
        });
        request.on("error", reject);
    });
}
