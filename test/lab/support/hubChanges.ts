import { type Config, withConfig } from "./lab";
import { operationsOf, type Operations } from "./operations";

/** What a preview of a changed hub announced, what `up` then did, and what the way back did beside its own preview. */
export interface Told {
    readonly announced: Operations;
    readonly done: Operations;
}

/** Previews a changed hub, brings it up, and takes the change back in the same manner. */
export async function previewAndUp(settings: Config): Promise<{ there: Told; back: Told }> {
    const both = async (): Promise<Told> => ({
        announced: await operationsOf("hub", "preview"),
        done: await operationsOf("hub", "up", "--yes", "--skip-preview"),
    });
    const prefixed = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`hubspoke:${key}`, value]));
    const there = await withConfig("hub", (config) => ({ ...config, ...prefixed }), both);
    return { there, back: await both() };
}
