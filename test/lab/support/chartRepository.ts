import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { helm } from "./charts";

/** A repository of Helm charts on loopback, as long as a test needs one. */
export interface ChartRepository {
    readonly url: string;
    close(): Promise<void>;
}

/** What sets one version of a chart apart from the chart that all are made from. */
export interface ChartVersion {
    readonly version: string;
    /** Changes the copy of the chart's folder. */
    readonly change: (folder: string) => void;
}

/** Serves a chart in several versions, each packaged by Helm. */
export async function openChartRepository(
    chart: string,
    versions: readonly ChartVersion[],
): Promise<ChartRepository> {
    return serveCharts(async (root) => {
        for (const { version, change } of versions) {
            const copy = path.join(root, version, "argo-cd");
            fs.cpSync(chart, copy, { recursive: true });
            change(copy);
            await helm(["package", copy, "--version", version, "--destination", root]);
        }
    });
}

/**
 * Serves packaged charts, by HTTPS with a certificate, and by HTTP without one.
 *
 * @param fill puts the archives into the folder that is served
 * @param login `user:password` that every request must have; without it nobody has to log in
 */
export async function serveCharts(
    fill: (root: string) => Promise<void>,
    certificate?: { readonly cert: string; readonly key: string },
    login?: string,
): Promise<ChartRepository> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "chart-repository-"));
    await fill(root);
    await helm(["repo", "index", root]);
    const authorization = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
    const answer: http.RequestListener = (request, response) => {
        if (authorization !== undefined && request.headers.authorization !== authorization) {
            response.writeHead(401).end();
            return;
        }
        const file = path.join(root, path.basename(request.url ?? ""));
        const found = fs.existsSync(file) && fs.statSync(file).isFile();
        response.writeHead(found ? 200 : 404).end(found ? fs.readFileSync(file) : "");
    };
    const server = certificate === undefined ? http.createServer(answer) : https.createServer(certificate, answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: async () => {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
            fs.rmSync(root, { recursive: true });
        },
    };
}
