import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { isProduction } from "../../settings/environment";
import { stackFile } from "../support/stackFile";

/**
 * Whether what a stack's file describes is production: a hub that is no lab, and an environment by its settings. A file
 * that says nothing is taken for production.
 */
export function isProductionStack(stack: string): boolean {
    return isProductionFile(readFileSync(stackFile(stack), "utf8"));
}

/** The same, of a stack file's text. */
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
