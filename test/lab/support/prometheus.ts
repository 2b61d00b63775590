import * as http from "node:http";
import type * as net from "node:net";

/** A server with Prometheus' API for ranges, which answers every query with one value. */
export interface FakePrometheus {
    readonly url: string;
    /** What it answers with; undefined for no series. */
    value: number | undefined;
    /** Queries that it was asked, with the header `Authorization`. */
    readonly asked: { readonly query: string; readonly authorization: string | undefined }[];
    readonly close: () => Promise<void>;
}

export async function openPrometheus(): Promise<FakePrometheus> {
    const asked: { query: string; authorization: string | undefined }[] = [];
    const server = http.createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            const form = new URLSearchParams(body);
            const [start, end, step] = ["start", "end", "step"].map((name) => Number(form.get(name)));
            asked.push({ query: form.get("query") ?? "", authorization: request.headers.authorization });
            const values: [number, string][] = [];
            for (let time = start ?? 0; time <= (end ?? 0); time += step ?? 1) {
                values.push([time, String(fake.value)]);
            }
            const result = fake.value === undefined ? [] : [{ metric: {}, values }];
            response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const fake: FakePrometheus = {
        url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
        value: 0,
        asked,
        close: () => new Promise((resolve) => void server.close(() => resolve())),
    };
    return fake;
}
