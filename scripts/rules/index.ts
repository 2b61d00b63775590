/**
 * Writes Argo CD's rights in an application's namespace to rules/<application>.json: those on every kind that the chart
 * renders with any of its values files.
 *
 *     npm run rules -- [APPLICATION ...] [--check] [--checkout DIR] [--stack hub]
 *
 * The default is every application of the hub's stack. `--check` writes nothing, and fails where a file is not as it
 * would be written. A chart in the repository of the checkout (default: this folder) is rendered from its files, and
 * another one at the revision of the settings. Helm must be on PATH.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { rulesFile } from "../../components/account/rules";
import { agentKey } from "../../settings/agentKey";
import type { ApplicationSettings } from "../../settings/applications";
import type { HubSettings } from "../../settings/hub";
import { inFolder } from "../support/folder";
import { GitRepositories } from "../support/gitRepositories";
import { main, say } from "../support/main";
import { folderOfStackFiles } from "../support/stackFile";
import { hubSettingsOf } from "../support/stacks";
import { rulesFor, rulesText } from "./kinds";
import { type RulesOptions, rulesOptions } from "./options";
import { renderedObjects } from "./rendered";

async function rules({ applications, check, checkout, stack }: RulesOptions): Promise<void> {
    const settings = await hubSettingsOf(stack);
    const stale: string[] = [];
    await inFolder(async (scratch) => {
        const repositories = new GitRepositories(settings, scratch);
        for (const application of chosen(settings, stack, applications)) {
            const text = await textFor(application, checkout, repositories);
            const file = fileOf(application.name);
            const isSame = existsSync(file) && readFileSync(file, "utf8") === text;
            if (check && !isSame) {
                stale.push(application.name);
            } else if (!check) {
                mkdirSync(path.dirname(file), { recursive: true });
                writeFileSync(file, text);
            }
            say(`rules/${application.name}.json: ${isSame ? "up to date" : check ? "stale" : "written"}`);
        }
    });
    if (stale.length > 0) {
        throw new Error(`The charts need other rights than the files give. Run: npm run rules -- ${stale.join(" ")}`);
    }
}

function chosen({ applications }: HubSettings, stack: string, names: readonly string[]): ApplicationSettings[] {
    const unknown = names.filter((name) => !applications.some((application) => application.name === name));
    if (unknown.length > 0) {
        const known = applications.map(({ name }) => name).join(", ");
        throw new Error(`${unknown.join(", ")}: no such application in the stack ${stack}. It has ${known}`);
    }
    return names.length === 0 ? applications : applications.filter(({ name }) => names.includes(name));
}

/** Beside the stack files; for the agent, whose chart is in this repository, in this repository unless it is there. */
function fileOf(application: string): string {
    const own = rulesFile(application, folderOfStackFiles());
    return application === agentKey && !existsSync(own) ? rulesFile(application, path.resolve(__dirname, "../..")) : own;
}

async function textFor(
    application: ApplicationSettings,
    checkout: string,
    repositories: GitRepositories,
): Promise<string> {
    const objects = await renderedObjects(application, checkout, repositories);
    try {
        return rulesText(rulesFor(objects, application));
    } catch (error) {
        throw new Error(`application ${application.name}:\n  ${(error as Error).message.replaceAll("\n", "\n  ")}`, {
            cause: error,
        });
    }
}

main(module, (args) => rules(rulesOptions(args)));
