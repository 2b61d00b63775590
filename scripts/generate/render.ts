/**
 * Writes the hub's objects for the agent to argocd/ as plain manifests, for readers and for users of Argo CD without
 * Pulumi.
 *
 *     npm run render
 *
 * The settings are those of the committed Pulumi.hub.yaml.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { argoCdNamespace } from "../../clusters/names";
import { applicationSet } from "../../components/applications/applicationSet";
import { clusterGenerator } from "../../components/applications/clusterFacts";
import { applicationProject } from "../../components/applications/project";
import { signatureDemand } from "../../components/applications/signatures";
import { agentKey } from "../../settings/agentKey";
import { usersName } from "../../settings/usersName";
import { parseSettings } from "../../settings";
import type { HubSettings } from "../../settings/hub";

const root = path.resolve(__dirname, "../..");

/** Folder of the rendered manifests. */
export const renderFolder = path.join(root, "argocd");

/** Argo CD's namespace, as in the program. */
const namespace = argoCdNamespace;

const howToApply = (file: string) => [
    " Rendered by `npm run render` from the program and Pulumi.hub.yaml. Do not edit: a test compares the two.",
    ` Without Pulumi: kubectl apply --filename argocd/${file}.`,
    " Each cluster Secret must have the labels deploy, environment and region, and the annotation domain; the annotation",
    " revision pins it. Unlike the program's, this selects Secrets without the label app.kubernetes.io/managed-by: pulumi;",
    " see docs/delivery.md.",
];

/** The name and text of each rendered file. The same settings give the same bytes. */
export function render(settings: HubSettings): Record<string, string> {
    const { rollout, domain, traffic } = settings;
    const agent = settings.applications.find(({ name }) => name === agentKey);
    if (agent === undefined) {
        throw new Error("Pulumi.hub.yaml has no application agent");
    }
    const usersHost = traffic && usersName(domain, traffic);
    const emitted = applicationSet(namespace, agentKey, { application: agent, rollout, usersHost });
    // Without Pulumi, no Secret has the label that Pulumi created it.
    const selecting = (labels: Record<string, string>) => ({
        ...emitted,
        spec: { ...emitted.spec, generators: [clusterGenerator(agentKey, labels)] },
    });
    const everywhere = selecting({});
    const staging = selecting({ environment: "staging" });
    const project = applicationProject(namespace, agent, settings);
    // Which Argo CD there is without Pulumi is not known.
    const demand = settings.sourceIntegrity && signatureDemand(settings.sourceIntegrity, undefined);
    const appProject = { ...project, spec: { ...project.spec, ...demand } };
    return {
        "agent-multi-cluster-appset.yaml": manifest("agent-multi-cluster-appset.yaml", [
            " The agent on every cluster whose Secret has the label deploy=true.",
        ], [appProject, everywhere]),
        "agent-staging-only-appset.yaml": manifest("agent-staging-only-appset.yaml", [
            " A careful first step: the agent only on the clusters of staging. The ApplicationSet has the same name as in",
            " agent-multi-cluster-appset.yaml, so when you apply that file later, it extends this ApplicationSet to the",
            " other clusters, and staging does not change.",
        ], [appProject, staging]),
    };
}

function manifest(file: string, purpose: readonly string[], objects: readonly object[]): string {
    const comment = [...purpose, ...howToApply(file)].map((line) => `#${line}\n`).join("");
    return comment + objects.map((object) => stringify(object, { lineWidth: 0 })).join("---\n");
}

/** The settings on which the manifests depend. The others may be encrypted, which only `pulumi` reads. */
const needed = [
    ...["role", "domain", "agent", "alerts", "applications", "impersonation", "protectedEnvironments"],
    ...["rollout", "sourceIntegrity", "syncWindows", "traffic"],
];

/** The hub's settings in a stack file, as far as the manifests depend on them. */
export function hubSettingsIn(file: string): HubSettings {
    const { config } = parse(readFileSync(file, "utf8"), (_, value: unknown) => withoutCiphertext(value)) as {
        config: Record<string, unknown>;
    };
    const settings = needed.flatMap((name) => {
        const value = config[`hubspoke:${name}`];
        return value === undefined ? [] : [[name, value] as const];
    });
    return parseSettings({ ...Object.fromEntries(settings), cluster: { context: "hub" } }) as HubSettings;
}

/** A text in the place of an encrypted one. */
function withoutCiphertext(value: unknown): unknown {
    const isEncrypted = typeof value === "object" && value !== null && "secure" in value;
    return isEncrypted ? "encrypted" : value;
}

/** The files that are there, by name; Git keeps no folder without one. */
export function renderedFiles(): Record<string, string> {
    const names = existsSync(renderFolder) ? readdirSync(renderFolder) : [];
    return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(renderFolder, name), "utf8")]));
}

/** The rendered files for the committed settings of the hub; none if it has no application `agent`. */
export function renderCommitted(): Record<string, string> {
    const settings = hubSettingsIn(path.join(root, "Pulumi.hub.yaml"));
    return settings.applications.some(({ name }) => name === agentKey) ? render(settings) : {};
}

if (require.main === module) {
    const files = renderCommitted();
    Object.keys(renderedFiles())
        .filter((file) => !(file in files))
        .forEach((file) => rmSync(path.join(renderFolder, file)));
    mkdirSync(renderFolder, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
        writeFileSync(path.join(renderFolder, file), text);
    }
}
