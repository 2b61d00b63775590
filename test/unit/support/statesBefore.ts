import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { StackName } from "../../../lab/stacks/project";

/** A resource in the state of the last version. */
export interface ResourceBefore {
    readonly urn: string;
    /** Ends in "*" where the rest was drawn by chance; absent for components, providers and what is drawn whole. */
    readonly id?: string;
    /** The code of a dynamic resource, which its state holds. */
    readonly provider?: string;
}

/**
 * What the four stacks of the lab held after an `up` of version 0.1.0: `pulumi stack export`, without inputs and
 * outputs, so without any secret.
 */
export const statesBefore = JSON.parse(
    readFileSync(path.resolve(__dirname, "../../fixtures/states-0.1.0.json"), "utf8"),
) as Readonly<Record<StackName, readonly ResourceBefore[]>>;
