import { bringFleetTo } from "../../fleet";
import { recordedClusters } from "../../fleet/record";
import { Phases } from "../../phases";
import { controllersOfFleet } from "./controllers";
import { registration } from "./registration";

/** Measures the program and Argo CD with the lean control planes that the lab has (`npm run lab -- --clusters 20`). */
export async function fleet(): Promise<string[]> {
    const names = recordedClusters();
    if (names.length === 0) {
        throw new Error("the lab has no lean control planes to measure. Start some: npm run lab -- --clusters 20");
    }
    await bringFleetTo(names.length, new Phases());
    const controllers = await controllersOfFleet(names);
    const registered = await registration(names);
    await bringFleetTo(names.length, new Phases());
    return [...controllers, ...registered];
}
