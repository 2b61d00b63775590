import type { Toxic } from "./toxiproxy";

/** A fault of the network between a spoke's API server and all who connect to it. */
export interface Fault {
    readonly name: string;
    readonly toxics: readonly Toxic[];
    /**
     * `works`: every operation ends well, only later. `refused`: none that needs the spoke does. `either`: chance
     * decides.
     */
    readonly outcome: "works" | "refused" | "either";
}

const latency = (ms: number, jitter = 0): Toxic => ({ type: "latency", attributes: { latency: ms, jitter } });

/**
 * What the suite tries. Toxiproxy works on connections and not on packets: a packet that TCP sends again is latency
 * here.
 */
export const faults: readonly Fault[] = [
    { name: "latency of 0.3 s", toxics: [latency(300, 100)], outcome: "works" },
    { name: "a slow API server, 2 s for each answer", toxics: [latency(2_000)], outcome: "works" },
    { name: "an API server that is slower than every limit", toxics: [latency(40_000)], outcome: "refused" },
    {
        name: "loss: one connection in five is reset, and all close late",
        toxics: [
            { type: "reset_peer", attributes: { timeout: 0 }, toxicity: 0.2 },
            { type: "slow_close", attributes: { delay: 2_000 } },
        ],
        outcome: "either",
    },
    {
        name: "loss: every connection breaks before its first answer is complete",
        toxics: [{ type: "limit_data", attributes: { bytes: 1_500 } }],
        outcome: "refused",
    },
    {
        name: "half-open connections: nothing comes back, and nothing ends them",
        toxics: [{ type: "timeout", attributes: { timeout: 0 } }],
        outcome: "refused",
    },
];
