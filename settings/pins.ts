import { z } from "zod";
import { agentKey } from "./agentKey";
import { dnsLabel, text } from "./kinds";

const rollbackText = text("the revision to go back from", "1.5.0").describe(
    "Revision that the hub records as promoted on this cluster. It lets `revision` be one that this promotion has " +
        "replaced, to go back on purpose.",
);

const pin = z.strictObject({
    revision: text("a revision of the chart", "1.4.2").describe(
        "Branch, tag or commit of the application, or the version of its chart. `npm run promote` changes it.",
    ),
    values: text("a revision of the values files", "v1.0.0")
        .describe("Branch, tag or commit of the values files, for an application with `values`.")
        .optional(),
    rollbackFrom: rollbackText.optional(),
});

export const pins = z
    .record(
        dnsLabel("an application's name", "retriever").refine(
            (name) => name !== agentKey,
            "has its revision in `revision`. Write it there",
        ),
        pin,
    )
    .describe("Revisions of applications other than `agent` on this cluster, if the hub's `rollout.strategy` is `pinned`.")
    .default({});

/** The revisions of an application on a cluster; without one it follows the hub's settings. */
export interface Pin {
    readonly revision?: string | undefined;
    readonly values?: string | undefined;
    readonly rollbackFrom?: string | undefined;
}

/** The pin of an application in a cluster's settings. */
export function pinOf(
    settings: Pin & { readonly revisions: Readonly<Record<string, Pin>> },
    application: string,
): Pin {
    const { revision, rollbackFrom } = settings;
    return application === agentKey ? { revision, rollbackFrom } : (settings.revisions[application] ?? {});
}

/** A pin in one text: the revision, and that of the values files after a space; undefined without a revision. */
export function pinText({ revision, values }: Pin): string | undefined {
    return revision !== undefined && values !== undefined ? `${revision} ${values}` : revision;
}

/** The pin of a text such as {@link pinText} returns. */
export function revisionPin(text: string): Pin {
    const [revision, values] = text.split(" ", 2);
    return { revision, ...(values !== undefined && { values }) };
}

/** Path of the setting beside {@link pinSetting} that says from which revision an application goes back. */
export function rollbackSetting(application: string): string {
    return pinSetting(application).replace(/revision$/, "rollbackFrom");
}

/** Path of an application's revision in a cluster's settings. */
export function pinSetting(application: string): string {
    return application === agentKey ? "revision" : `revisions.${application}.revision`;
}
