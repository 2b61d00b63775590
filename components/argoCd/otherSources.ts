import type { OtherSources } from "../../settings/otherSources";
import type { ArgoCdValues } from "./names";

/** A variable that does the same as the parameters of submodules. */
export const submodulesVariable = "ARGOCD_GIT_MODULES_ENABLED";

/**
 * A list of no scheme. Argo CD's chart leaves out an empty text, and without the key Argo CD allows http and https. Any
 * word would be a scheme, and Helm reads a URL of a scheme that it does not know as a path (helm,
 * pkg/cli/values/options.go).
 */
const noSchemes = ",";

/**
 * Values that keep a repository from deciding more than its chart, but for what the setting names.
 *
 * The repo server fetches submodules with the repository's credential, which Git sends to whatever server
 * `.gitmodules` names; so does Kustomize with its bases (argo-cd, util/git/client.go and util/kustomize/kustomize.go).
 * A file `.argocd-source.yaml` beside a chart changes its values files, and makes a Kustomization of it (argo-cd,
 * reposerver/repository/repository.go, `mergeSourceParameters`). No AppProject is asked about any of these. Jsonnet
 * stays: it reads files of the repository alone, and Argo CD without it would silently leave out objects of
 * Applications of others.
 */
export function otherSourceValues(otherSources: OtherSources = []): ArgoCdValues {
    const withoutSubmodules = !otherSources.includes("submodules");
    return {
        // No parameter is for argocd-server, which tries the generators of an ApplicationSet for a user.
        ...(withoutSubmodules && { server: { env: [{ name: submodulesVariable, value: "false" }] } }),
        configs: {
            cm: {
                ...(!otherSources.includes("kustomize") && { "kustomize.enable": "false" }),
                ...(!otherSources.includes("remoteValues") && { "helm.valuesFileSchemes": noSchemes }),
            },
            params: withoutSubmodules
                ? {
                      "reposerver.enable.git.submodule": "false",
                      "applicationsetcontroller.enable.git.submodule": "false",
                  }
                : {},
        },
    };
}
