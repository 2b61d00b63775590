import * as fs from "node:fs";
import * as path from "node:path";
import { applicationsPath } from "../../clusters/applications";
import { type ClusterAddress, findCluster } from "../../clusters/kubeconfig";
import { argoCdNamespace } from "../../clusters/names";
import { change, find } from "../../clusters/request";
import { secretPath } from "../../clusters/secretPath";
import { defaultRelease } from "../../components/argoCd/adoption";
import { notificationsSecret } from "../../components/argoCd/notifications";
import { argoCdChart } from "../../components/argoCd/release";
import { argoCdValues } from "../../components/argoCd/values";
import { describeCrds, foreignCrds, obstacles, ownershipPatch, readArgoCd } from "../../preflight/argoCd";
import { chartVersion } from "../../preflight/chart";
import { undecidedSources } from "../../preflight/otherSources";
import { chartProblem } from "../../settings/chart";
import type { HubSettings } from "../../settings/hub";
import { confirmByName } from "../forget/confirm";
import { isDangerous } from "../preview/danger";
import type { Change } from "../preview/events";
import { previewStack, withPolicies } from "../preview/stackPreview";
import { inFolder } from "../support/folder";
import { say } from "../support/main";
import { errorsOf, fullNameOf, pulumi, setSettings } from "../support/pulumi";
import { stackFile } from "../support/stackFile";
import { type HelmRelease, readHelmRelease } from "./helmRelease";
import { compareValues } from "./values";

/**
 * Adopts what the hub has of an Argo CD that the stack did not install: a release of the argo-cd chart in the namespace
 * `argocd`, the namespace alone, or CRDs of another owner. It lists what changes, asks, and then writes
 * `adoptedRelease` into the stack file and runs `pulumi up`. After a failure, run it again: it continues.
 *
 * @param yes nobody is asked
 * @throws Error if there is nothing to adopt, or what is there cannot be adopted; nothing was changed then
 */
export async function adoptHub(stack: string, settings: HubSettings, yes: boolean): Promise<void> {
    const hub = await findCluster("cluster", settings.cluster);
    const facts = await readArgoCd(hub);
    const fullName = await fullNameOf(stack);
    const installed = facts.controllers.find(({ namespace }) => namespace === argoCdNamespace)?.installedBy;
    const release = installed?.by === "helm" ? installed.release : (settings.adoptedRelease ?? defaultRelease);
    refuse(stack, obstacles(facts, fullName, release));
    const foreign = foreignCrds(facts.crds, release);
    const isOwn = settings.adoptedRelease === undefined && facts.namespaceOf === fullName;
    if (isOwn || (!facts.namespaceExists && foreign.length === 0)) {
        throw new Error(nothingToAdopt(stack, isOwn ? "the Argo CD of the hub is this stack's" : "the hub has no Argo CD"));
    }
    const helm = installed === undefined ? undefined : await readHelmRelease(hub, release);
    const unfit = helm === undefined ? [] : await chartProblems(helm, settings);
    refuse(stack, [...unfit, ...undecidedSources(settings)]);
    const before = await applications(hub);
    const planned = await preview(stack, release);
    if (settings.adoptedRelease === release && planned.length === 0 && foreign.length === 0) {
        throw new Error(nothingToAdopt(stack, "this stack has adopted the Argo CD of the hub"));
    }

    say(`${stack}: adopts, and changes in place:`);
    [
        ...(facts.namespaceExists ? [`namespace ${argoCdNamespace}, which stays after a destroy of the stack`] : []),
        ...(helm === undefined ? [] : await describeRelease(release, helm, settings)),
        ...describeCrds(foreign).map((crds) => `${crds}; they become part of the release ${release}`),
        ...(await describeSecrets(hub)),
        ...planned.map(({ operation, name, type }) => `${operation} ${name} (${type})`),
        `${before.size} Applications stay as they are`,
    ].forEach((line) => say(`  ${line}`));
    if (!yes) {
        await confirmByName("", stack);
    }
    await setSettings(stack, { adoptedRelease: release });
    for (const { name } of foreign) {
        const crd = `apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
        await change(hub, crd, { method: "PATCH", body: ownershipPatch(release) });
    }
    await keepFromHelm(hub);
    await pulumi(stack, ["up", "--yes", "--skip-preview"]);
    const after = await applications(hub);
    const lost = [...before].filter(([uid]) => !after.has(uid)).map(([, name]) => name);
    if (lost.length > 0) {
        throw new Error(`${stack}: these Applications are no longer what they were: ${lost.join(", ")}`);
    }
    say(`${stack}: Argo CD is the stack's now, and all ${before.size} Applications are what they were`);
    say(`${stack}: commit the stack file, which now names the release`);
}

function nothingToAdopt(stack: string, why: string): string {
    return `${stack}: nothing to adopt: ${why}. Run pulumi up --stack ${stack}`;
}

function refuse(stack: string, problems: readonly string[]): void {
    if (problems.length > 0) {
        const list = problems.map((problem) => `  ${problem}`).join("\n");
        throw new Error(`${stack} is not adopted, and nothing was changed:\n${list}`);
    }
}

/** What is wrong with the chart of the release, beside the one that the settings ask for. */
async function chartProblems({ chart }: HelmRelease, settings: HubSettings): Promise<string[]> {
    const inSteps = `Upgrade it first: helm upgrade, to a chart from ${argoCdChart.name} 8.6.0 on`;
    if (chart.name !== argoCdChart.name) {
        return [`hubspoke:adoptedRelease: the release is of the chart ${chart.name}, and only ${argoCdChart.name} can be adopted`];
    }
    if (chartProblem(chart.version) !== undefined) {
        return [`hubspoke:adoptedRelease: the release is of ${chart.name} ${chart.version}, too old for one upgrade. ${inSteps}`];
    }
    const wanted = await wantedVersion(settings);
    return wanted !== undefined && isNewer(chart.version, wanted)
        ? [
              `hubspoke:chart.version: ${wanted} is older than the release's chart, ${chart.version}, and Argo CD would go ` +
                  `back. Write "${chart.version}" or newer`,
          ]
        : [];
}

async function wantedVersion({ chart }: HubSettings): Promise<string | undefined> {
    return chart.path === undefined ? (chart.version ?? argoCdChart.version) : chartVersion(chart.path);
}

function isNewer(left: string, right: string): boolean {
    return left.localeCompare(right, "en", { numeric: true }) > 0;
}

/** The release's present and future chart and values, in lines. */
async function describeRelease(
    release: string,
    { chart, values }: HelmRelease,
    settings: HubSettings,
): Promise<string[]> {
    const { dropped, changed, added } = compareValues(values, argoCdValues({ settings, serviceMonitors: false }));
    const list = (title: string, lines: readonly string[]) =>
        lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
    const wanted = (await wantedVersion(settings)) ?? "the chart of the settings";
    return [
        `Helm release ${release}: ${chart.name} ${chart.version} (Argo CD ${chart.appVersion}) becomes ${wanted}`,
        ...list("values of the release that are dropped; write what you need into the settings, or into chart.values", dropped),
        ...list("values of the release that change", changed),
        ...list("values that the program adds", added),
    ];
}

/** Argo CD's Secrets: what stays in them, and what goes. */
async function describeSecrets(hub: ClusterAddress): Promise<string[]> {
    const secret = (name: string) =>
        find<{ data?: Record<string, string> }>(hub, secretPath(argoCdNamespace, name));
    const [own, notifications] = await Promise.all([secret("argocd-secret"), secret(notificationsSecret)]);
    const keys = Object.keys(notifications?.data ?? {});
    return [
        ...(own === undefined ? [] : ["Secrets argocd-secret and argocd-redis stay as they are: passwords, sessions, tokens"]),
        ...(keys.length === 0 ? [] : [`Secret ${notificationsSecret} loses ${keys.join(", ")}: use alerts.notifications`]),
    ];
}

/** Helm deletes what an upgrade no longer contains, unless it is marked so. */
async function keepFromHelm(hub: ClusterAddress): Promise<void> {
    const annotations = { "helm.sh/resource-policy": "keep" };
    const secret = `api/v1/namespaces/${argoCdNamespace}/secrets/argocd-secret`;
    await change(hub, secret, { method: "PATCH", body: { metadata: { annotations } } });
}

/** Previews the adoption with a copy of the stack file: what it would do to each resource. */
async function preview(stack: string, adoptedRelease: string): Promise<readonly Change[]> {
    return inFolder(async (folder) => {
        const copy = path.join(folder, path.basename(stackFile(stack)));
        fs.copyFileSync(stackFile(stack), copy);
        await setSettings(stack, { adoptedRelease }, copy);
        const { ok, text, changes, violations } = await previewStack(stack, ["--config-file", copy, ...withPolicies]);
        const refused = violations.filter(({ level }) => level === "mandatory").map(({ policy, message }) => `${policy}: ${message}`);
        if (!ok) {
            throw new Error(`nothing was changed, because the preview failed:\n${refused.join("\n") || errorsOf(text)}`);
        }
        refuse(
            stack,
            changes.filter(isDangerous).map(({ operation, name, type }) => `the preview would ${operation} ${name} (${type})`),
        );
        return changes.filter(({ operation, type }) => operation !== "same" && type.startsWith("kubernetes:"));
    });
}

interface ApplicationList {
    readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string } }[];
}

/** Names of all Applications on the hub, by their UIDs. */
async function applications(hub: ClusterAddress): Promise<Map<string, string>> {
    const list = await find<ApplicationList>(hub, applicationsPath(argoCdNamespace));
    return new Map((list?.items ?? []).map(({ metadata }) => [metadata.uid, metadata.name]));
}
