import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { isProduction } from "../../settings/environment";
import { settingsFile } from "../support/stackFile";

/**
 * Whether a stack file describes production: a hub that is not a lab, or an environment by its settings. A file without
 * these settings counts as production.
 */
export function isProductionStack(stack: string): boolean {
    return isProductionFile(readFileSync(settingsFile(stack), "utf8"));
}

/** The same for the text of a stack file. */
export function isProductionFile(text: string): boolean {
    const document = parseDocument(text);
    const setting = (key: string) => {
        const value = document.getIn(["config", `hubspoke:${key}`]);
        return typeof value === "string" || typeof value === "boolean" ? String(value) : undefined;
    };
    if (setting("role") === "hub") {
        return setting("lab") !== "true";
    }
    const production = setting("production");
    return isProduction(setting("environment") ?? "", production === undefined ? undefined : production === "true");
}
