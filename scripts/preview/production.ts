import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { isProduction } from "../../settings";
import { stackFile } from "../promotion/stackFile";

/** Whether what a stack's file describes is production: a hub that is no lab, and an environment by its settings. */
export function isProductionStack(stack: string): boolean {
    const { config } = parse(readFileSync(stackFile(stack), "utf8")) as { config?: Record<string, string | boolean> };
    const setting = (key: string) => config?.[`hubspoke:${key}`];
    if (setting("role") === "hub") {
        return String(setting("lab")) !== "true";
    }
    const production = setting("production");
    return isProduction(
        String(setting("environment")),
        production === undefined ? undefined : String(production) === "true",
    );
}
