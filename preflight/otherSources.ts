import { type Application, type ApplicationSource, isManaged, namesOf } from "../clusters/applications";
import type { ClusterAddress } from "../clusters/kubeconfig";
import { argoCdNamespace } from "../clusters/names";
import { find } from "../clusters/request";
import type { HubSettings } from "../settings/hub";
import type { OtherSources } from "../settings/otherSources";

/** Limit of the names in a message. */
const shown = 20;

type OtherSource = NonNullable<OtherSources>[number];

/** Argo CD's ConfigMaps, by their names; empty where they do not exist. */
export type Configuration = Readonly<Record<"argocd-cm" | "argocd-cmd-params-cm", Readonly<Record<string, string>>>>;

/** What the program takes away from Argo CD on the hub, whether it is there now, and which Applications use it. */
interface Use {
    readonly what: string;
    readonly isOpen: (configuration: Configuration) => boolean;
    readonly isUsed: (application: Application) => boolean;
}

const uses: Readonly<Record<OtherSource, Use>> = {
    kustomize: {
        what: "run Kustomize",
        isOpen: (all) => !all["argocd-cm"]["kustomize.enable"] || all["argocd-cm"]["kustomize.enable"] === "true",
        isUsed: ({ spec, status }) =>
            [status?.sourceType, ...(status?.sourceTypes ?? [])].includes("Kustomize") ||
            sourcesOf(spec).some(({ kustomize }) => kustomize !== undefined),
    },
    remoteValues: {
        what: "read values files at URLs",
        isOpen: (all) => all["argocd-cm"]["helm.valuesFileSchemes"]?.split(",").some((scheme) => scheme.trim() !== "") ?? true,
        isUsed: ({ spec }) => sourcesOf(spec).flatMap(filesOf).some((file) => /^[a-z][a-z0-9+.-]*:/i.test(file)),
    },
    submodules: {
        what: "fetch submodules, of which only the repositories tell,",
        isOpen: (all) => all["argocd-cmd-params-cm"]["reposerver.enable.git.submodule"] !== "false",
        // Only the repository tells.
        isUsed: ({ spec }) =>
            sourcesOf(spec).some(({ chart, repoURL = "" }) => chart === undefined && !repoURL.startsWith("oci://")),
    },
};

function sourcesOf(spec: Application["spec"]): readonly ApplicationSource[] {
    return spec?.sources ?? (spec?.source === undefined ? [] : [spec.source]);
}

function filesOf({ helm: { valueFiles = [], fileParameters = [] } = {} }: ApplicationSource): string[] {
    return [...valueFiles, ...fileParameters.map(({ path = "" }) => path)];
}

/**
 * What Argo CD on the hub would no longer do for Applications that are not the program's.
 *
 * @returns the problem, with the Applications and the remedy; undefined if there is none
 */
export function closedSources(
    { otherSources }: Pick<HubSettings, "otherSources">,
    applications: readonly Application[],
    configuration: Configuration,
): string | undefined {
    const others = applications.filter((application) => !isManaged(application));
    const closed = (Object.keys(uses) as OtherSource[]).flatMap((name) => {
        const { what, isOpen, isUsed } = uses[name];
        const using = others.filter(isUsed);
        // Of submodules the settings tell, where they say anything.
        const isSettled = name === "submodules" ? otherSources !== undefined : otherSources?.includes(name);
        return isSettled || using.length === 0 || !isOpen(configuration) ? [] : [{ name, what, using }];
    });
    // Of the others, the Applications themselves tell that they use it.
    const without = closed.every(({ name }) => name === "submodules") ? "`[]`" : "change these Applications first";
    const all = [...(otherSources ?? []), ...closed.map(({ name }) => name)].join(", ");
    return closed.length === 0
        ? undefined
        : `hubspoke:otherSources: Argo CD would no longer ${closed.map(({ what, using }) => `${what} for ${namesOf(using, shown)}`).join("; ")}. ` +
              `Write \`[${all}]\` without what none of them needs, or ${without}`;
}

/**
 * Refuses to take from Applications of others what they use.
 *
 * @throws Error that lists them
 */
export async function refuseClosedSources(
    settings: Pick<HubSettings, "otherSources">,
    hub: ClusterAddress,
    applications: readonly Application[],
): Promise<void> {
    if (applications.every(isManaged)) {
        return;
    }
    const problem = closedSources(settings, applications, {
        "argocd-cm": await configMap(hub, "argocd-cm"),
        "argocd-cmd-params-cm": await configMap(hub, "argocd-cmd-params-cm"),
    });
    if (problem !== undefined) {
        throw new Error(problem);
    }
}

async function configMap(hub: ClusterAddress, name: string): Promise<Readonly<Record<string, string>>> {
    const path = `api/v1/namespaces/${argoCdNamespace}/configmaps/${name}`;
    return (await find<{ data?: Record<string, string> }>(hub, path))?.data ?? {};
}

/** Why the Applications of another Argo CD cannot come: no check sees what those use that are not there yet. */
export function undecidedSources({ otherSources }: Pick<HubSettings, "otherSources">): string[] {
    const names = Object.keys(uses).join(", ");
    return otherSources === undefined
        ? [
              `hubspoke:otherSources: is missing, and the Applications of the other Argo CD would lose what it does not name. ` +
                  `Write what they use of ${names}, or \`[]\``,
          ]
        : [];
}

/** A warning of what the settings leave open; none where they leave nothing open. */
export function openSources({ otherSources = [] }: Pick<HubSettings, "otherSources">): string[] {
    return otherSources.length === 0
        ? []
        : [
              `hubspoke:otherSources: has ${otherSources.join(", ")}. Whoever can push to a repository that Argo CD reads can have ` +
                  "its credential sent elsewhere, or addresses called that only the hub reaches. Remove what no Application needs",
          ];
}
