/**
 * What the state of every stack loads, in Pulumi's dynamic provider process, by the path of this file and with tsx: do
 * not change the path. A preview without a change asks only which methods there are, so the code behind them is loaded
 * at the first call.
 */
import { load } from "../start/load";
import { renewal } from "./renewal";
import type * as kinds from "./kinds";

type Kinds = typeof kinds;

let loaded: Kinds | undefined;

function deferred<Kind extends keyof Kinds>(kind: Kind, ...methods: (keyof Kinds[Kind] & string)[]): Kinds[Kind] {
    const call = (method: (typeof methods)[number]) => (...given: unknown[]) => {
        loaded ??= load("dynamic/kinds.ts") as Kinds;
        return (loaded[kind][method] as (...given: unknown[]) => unknown)(...given);
    };
    return Object.fromEntries(methods.map((method) => [method, call(method)])) as unknown as Kinds[Kind];
}

export const access = deferred("access", "create", "update");
export const boundToken: Kinds["boundToken"] = { ...deferred("boundToken", "create", "update"), diff: renewal };
export const connection = deferred("connection", "create", "update", "delete");
export const departures = deferred("departures", "create", "update");
export const drain = deferred("drain", "create", "update", "delete");
export const guard = deferred("guard", "create", "update", "delete");
