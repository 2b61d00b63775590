import { z } from "zod";
import { send } from "../../../clusters/https";
import { agentThrough, proxyFromEnvironment } from "../../../clusters/proxy";

/** The values of one series, by their time in seconds since 1970. */
export type Series = ReadonlyMap<number, number>;

/** Asks for the values of a query from one time to another, in seconds since 1970. */
export type AskSeries = (query: string, from: number, to: number, stepSeconds: number) => Promise<readonly Series[]>;

/** Limit of one question, in milliseconds. */
const timeoutMs = 30_000;

const answered = z.object({
    data: z.object({
        resultType: z.literal("matrix"),
        result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })),
    }),
    /** Why the answer may be wrong: Thanos answers in part where it does not reach a store, with status 200. */
    warnings: z.array(z.string()).nullish(),
});

/**
 * Asks a server with Prometheus' HTTP API (`/api/v1/query_range`), through the proxy of the environment.
 *
 * @param authorization value of the header `Authorization`; no error contains it
 * @throws Error if it does not answer, and if it does with a warning
 */
export function prometheusAt(url: string, authorization: string | undefined): AskSeries {
    return async (query, from, to, step) => {
        const at = new URL("api/v1/query_range", url.replace(/\/*$/, "/"));
        const proxy = proxyFromEnvironment(at);
        const agent = proxy === undefined ? undefined : await agentThrough(proxy, {});
        const headers = {
            "content-type": "application/x-www-form-urlencoded",
            ...(authorization === undefined ? {} : { authorization }),
        };
        // With hundreds of clusters in it, a query is too long for a URL.
        const form = new URLSearchParams({ query, start: String(from), end: String(to), step: String(step) });
        const answer = await send(at, { method: "POST", headers, ...(agent && { agent }) }, timeoutMs, form.toString());
        if (answer.status !== 200) {
            throw new Error(`${at.origin} answers ${answer.status}${reasonIn(answer.body)}`);
        }
        return valuesIn(answer.body, at.origin);
    };
}

function valuesIn(body: string, origin: string): Series[] {
    const { success, data } = answered.safeParse(jsonIn(body));
    if (!success) {
        throw new Error(`${origin} does not answer as Prometheus does. Correct rollout.prometheus`);
    }
    if (data.warnings?.length) {
        throw new Error(`${origin} answers with a warning: ${data.warnings.join("; ")}`);
    }
    return data.data.result.map(({ values }) => {
        return new Map(values.map(([time, value]) => [Math.round(time), numberOf(value)]));
    });
}

/** Prometheus writes infinity as `+Inf`. */
function numberOf(text: string): number {
    return Number(text.replace("Inf", "Infinity"));
}

function reasonIn(body: string): string {
    const { data } = z.object({ error: z.string() }).safeParse(jsonIn(body));
    return data === undefined ? "" : `: ${data.error}`;
}

function jsonIn(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return undefined;
    }
}
