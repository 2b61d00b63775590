import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { parseDocument, stringify } from "yaml";
import { toTemplate, upstreamEnvironment } from "./chartTemplates";
import { findObject, parseManifests, type UpstreamObject } from "./upstreamObjects";

/** The templates and values of this chart, in the folder of this file. */
const ownFiles = path.join(__dirname, "chart");

/** Keys and defaults follow this version of the argo-cd chart; the objects are from upstream. */
const chartVersion = "10.1.1-upstream-manifests";

/** Objects that the chart's templates render from values, instead of upstream's. */
const madeFromValues = new Set([
    "ConfigMap/argocd-cm",
    "ConfigMap/argocd-cmd-params-cm",
    "ConfigMap/argocd-gpg-keys-cm",
    "ConfigMap/argocd-notifications-cm",
    "ConfigMap/argocd-rbac-cm",
    "ConfigMap/argocd-ssh-known-hosts-cm",
    "ConfigMap/argocd-tls-certs-cm",
    "Secret/argocd-notifications-secret",
    "Secret/argocd-secret",
]);

/**
 * Packages Argo CD's own HA manifests and CRDs as a Helm chart named argo-cd, for machines that cannot reach
 * the argo-helm repository. It acts on `configs.*`, `notifications.*`, `crds.*`, `createClusterRoles`, `global.domain`,
 * `global.logging`, `dex.enabled`, disruption limits, the replicas of the two controllers, and every component's
 * extra flags and environment, as the argo-cd chart does, and the volumes of what connects to spokes. Other replica
 * counts, resources, ingresses and the like stay upstream's, whatever the values say.
 * The same input gives the same bytes.
 *
 * @param manifestsDir folder of Argo CD's module: it has manifests/ha/install.yaml.
 * @param outDir folder in which the chart's folder is made, in place of an earlier one.
 * @returns path of the chart's folder.
 */
export async function packageChart(manifestsDir: string, outDir: string): Promise<string> {
    const objects = parseManifests(await readFile(path.join(manifestsDir, "manifests/ha/install.yaml"), "utf8"));
    const chart = path.join(outDir, "argo-cd");
    const draft = `${chart}.${process.pid}`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(path.join(draft, "templates", "upstream"), { recursive: true });
    await mkdir(path.join(draft, "files", "env"), { recursive: true });
    for (const template of (await readdir(path.join(ownFiles, "templates"))).sort()) {
        await cp(path.join(ownFiles, "templates", template), path.join(draft, "templates", template));
    }
    for (const object of objects.filter((each) => !madeFromValues.has(`${each.kind}/${each.metadata.name}`))) {
        const file = `${object.kind.toLowerCase()}-${object.metadata.name}.yaml`;
        await writeFile(path.join(draft, "templates", "upstream", file), toTemplate(object));
        const environment = upstreamEnvironment(object);
        if (environment !== undefined) {
            await writeFile(path.join(draft, "files", "env", `${object.metadata.name}.yaml`), environment);
        }
    }
    const knownHosts = findObject(objects, "ConfigMap", "argocd-ssh-known-hosts-cm").data?.ssh_known_hosts ?? "";
    await writeFile(path.join(draft, "files", "ssh_known_hosts"), knownHosts.trimEnd());
    await writeFile(path.join(draft, "values.yaml"), await defaultValues(objects));
    await writeFile(path.join(draft, "Chart.yaml"), chartFile(objects));
    await rm(chart, { recursive: true, force: true });
    await rename(draft, chart);
    return chart;
}

async function defaultValues(objects: UpstreamObject[]): Promise<string> {
    const values = parseDocument(await readFile(path.join(ownFiles, "values.yaml"), "utf8"));
    for (const [key, value] of Object.entries(findObject(objects, "ConfigMap", "argocd-cm").data ?? {})) {
        values.setIn(["configs", "cm", key], value);
    }
    return values.toString({ lineWidth: 0 });
}

function chartFile(objects: UpstreamObject[]): string {
    return stringify({
        apiVersion: "v2",
        name: "argo-cd",
        version: chartVersion,
        appVersion: appVersion(objects),
        description: "Upstream's own HA manifests of Argo CD, with the values of the argo-cd chart for its settings",
    });
}

/** Argo CD's version: the tag of the image that argocd-server runs, such as `v3.6.1`. */
function appVersion(objects: UpstreamObject[]): string {
    const server = findObject(objects, "Deployment", "argocd-server");
    const image = server.spec?.template?.spec.containers[0]?.image;
    const version = typeof image === "string" ? /:(v[\d.]+)$/.exec(image)?.[1] : undefined;
    if (!version) {
        throw new Error(`argocd-server's image ${String(image)} in Argo CD's manifests does not end in a version.`);
    }
    return version;
}
