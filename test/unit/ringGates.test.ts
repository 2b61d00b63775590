import { expect } from "chai";
import * as http from "node:http";
import type * as net from "node:net";
import { observationOf, stateOf } from "../../scripts/promote/rings/gates";
import { prometheusAt } from "../../scripts/promote/rings/prometheus";
import { failure } from "./support/failure";

const noon = Date.parse("2026-01-01T12:00:00Z");
const gate = { query: 'errors{cluster=~"$clusters"}', threshold: "< 0.01", for: "5m" };

/** The values of series, from the age of a sample in seconds. */
function answer(...series: ((age: number) => number | undefined)[]) {
    return (_: string, from: number, to: number, step: number) => {
        const times = Array.from({ length: Math.floor((to - from) / step) + 1 }, (__, index) => from + index * step);
        const entries = (of: (age: number) => number | undefined) =>
            times.flatMap((time) => (of(to - time) === undefined ? [] : [[time, of(to - time) as number] as const]));
        return Promise.resolve(series.map((of) => new Map(entries(of))));
    };
}

const since = (minutes: number) => ({ sinceMs: noon - minutes * 60_000, now: noon });

describe("a gate", () => {
    const good = () => 0.001;

    it("opens when every series has met the threshold for the whole time", async () => {
        expect(await stateOf(gate, ["a"], since(5), answer(good, good))).to.deep.equal({ open: true });
        const shut = await stateOf(gate, ["a"], since(4), answer(good));
        expect(shut).to.have.property("seen").that.includes("is observed for less than 5m");
    });

    it("waits while the threshold was met for a part of the time, by a part of the series, or at the end", async () => {
        const [before, after] = [(age: number) => (age > 60 ? 0.5 : 0.001), (age: number) => (age < 60 ? 0.5 : 0.001)];
        for (const series of [[before], [good, after]]) {
            const state = await stateOf(gate, ["a"], since(10), answer(...series));
            expect(state).to.have.property("seen").that.includes("for a part of 5m");
        }
    });

    it("waits if the query returned nothing for a part of the time", async () => {
        const late = await stateOf(gate, ["a"], since(10), answer((age) => (age > 250 ? undefined : 0.001)));
        expect(late).to.have.property("seen");
    });

    it("fails if the threshold was not met at any time, or the query returns nothing", async () => {
        const bad = await stateOf(gate, ["a"], since(10), answer(() => 0.5, good));
        expect(bad).to.have.property("failed").that.includes("is 0.5, 0.001");
        for (const nothing of [answer(), answer(() => undefined)]) {
            const state = await stateOf(gate, ["a"], since(10), nothing);
            expect(state).to.have.property("failed").that.includes("returns nothing");
        }
        expect(await stateOf(gate, ["a"], since(10), answer(() => NaN))).to.have.property("failed");
    });

    it("opens where the times of the question are moved to multiples of the step, as Thanos does", async () => {
        for (const seconds of Array.from({ length: 60 }, (_, index) => index)) {
            const now = noon + seconds * 1000;
            const asked = { from: 0 };
            const aligned: Parameters<typeof stateOf>[3] = (_, from, to, step) => {
                asked.from = from;
                const down = (time: number) => Math.floor(time / step) * step;
                const length = (down(to) - down(from)) / step + 1;
                const times = Array.from({ length }, (__, index) => down(from) + index * step);
                return Promise.resolve([new Map(times.map((time) => [time, 0.001]))]);
            };
            const moved = { sinceMs: now - observationOf(gate), now };
            expect(await stateOf(gate, ["a"], moved, aligned), `${seconds} s`).to.deep.equal({ open: true });
            expect(asked.from * 1000).to.be.at.least(moved.sinceMs);
        }
    });

    it("does not count what was before the pins moved, to the second", async () => {
        const now = noon + 14_000;
        const early = await stateOf(gate, ["a"], { sinceMs: noon - 299_000, now }, answer(good));
        expect(early).to.have.property("seen").that.includes("is observed for less than 5m");
    });

    it("waits while nobody answers", async () => {
        const silent = () => Promise.reject(new Error("no answer in 30 seconds"));
        expect(await stateOf(gate, ["a"], since(10), silent)).to.have.property("seen").that.includes("no answer in 30");
    });

    it("of no length looks once", async () => {
        const [asked, ...more] = await askedFor({ ...gate, for: "0s" });
        expect([asked?.from, more]).to.deep.equal([asked?.to, []]);
    });

    it("asks for the changed clusters alone, by a regular expression of their names", async () => {
        const [asked] = await askedFor(gate, ["a.b", "arn:aws:eks:eu:1:cluster/c"]);
        expect(asked?.query).to.equal('errors{cluster=~"a\\\\.b|arn:aws:eks:eu:1:cluster/c"}');
        expect((asked?.to ?? 0) - (asked?.from ?? 0)).to.equal(300);
    });

    async function askedFor(of: typeof gate, names = ["a"]) {
        const asked: { query: string; from: number; to: number }[] = [];
        await stateOf(of, names, since(10), (query, from, to) => {
            asked.push({ query, from, to });
            return Promise.resolve([]);
        });
        return asked;
    }
});

describe("a question to Prometheus", () => {
    let reply = { status: 200, body: "{}" };
    const seen: { url: string | undefined; authorization: string | undefined; form: URLSearchParams }[] = [];
    const server = http.createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            const { url: path, headers } = request;
            seen.push({ url: path, authorization: headers.authorization, form: new URLSearchParams(body) });
            response.writeHead(reply.status).end(reply.body);
        });
    });
    let url: string;
    before(async () => {
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/prometheus`;
    });
    after(() => server.close());
    const ask = () => prometheusAt(url, "Bearer EXAMPLE-SECRET-TOKEN")("up", 100, 160, 30);

    it("is one for a range, with the credential of the environment", async () => {
        const matrix = [{ metric: { a: "b" }, values: [[100, "1"], [130, "+Inf"], [160, "NaN"]] }];
        reply = { status: 200, body: JSON.stringify({ data: { resultType: "matrix", result: matrix } }) };
        expect((await ask()).map((one) => [...one])).to.deep.equal([[[100, 1], [130, Infinity], [160, NaN]]]);
        const [{ url: path, authorization, form }] = seen as [(typeof seen)[number]];
        expect([path, authorization]).to.deep.equal(["/prometheus/api/v1/query_range", "Bearer EXAMPLE-SECRET-TOKEN"]);
        expect(Object.fromEntries(form)).to.deep.equal({ query: "up", start: "100", end: "160", step: "30" });
    });

    const wrong: [name: string, reply: typeof reply, error: RegExp][] = [
        ["is refused", { status: 401, body: "no" }, /answers 401$/],
        ["has an error", { status: 400, body: '{"status":"error","error":"parse error"}' }, /answers 400: parse error$/],
        [
            "is answered in part",
            {
                status: 200,
                body: '{"data":{"resultType":"matrix","result":[]},"warnings":["No StoreAPIs matched","store b: timeout"]}',
            },
            /answers with a warning: No StoreAPIs matched; store b: timeout$/,
        ],
        ["is answered by another server", { status: 200, body: "<html>" }, /does not answer as Prometheus does/],
    ];
    for (const [name, given, error] of wrong) {
        it(`that ${name} is an error, without the credential`, async () => {
            reply = given;
            expect(await failure(ask())).to.match(error).and.not.include("EXAMPLE-SECRET");
        });
    }
});
