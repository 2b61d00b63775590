import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { managedByLabel, manager, secretTypeLabel } from "../../clusters/names";
import { urlsOf } from "../../settings/applications";
import type { HubSettings } from "../../settings/hub";
import type { RepositorySettings } from "../../settings/repositories";
import { argoCdUrl, isSameToArgoCd, plainUrl } from "../../settings/repositoryUrl";
import { secretData } from "../support/secretData";

export interface RepositoryArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** AppProject to which the repository is scoped: no other project can use its credential. */
    readonly project: pulumi.Input<string>;
    /** Name of the Secret. */
    readonly secretName: string;
    /** The repository's URL, as Argo CD finds it for the project. */
    readonly url: string;
    readonly settings: RepositorySettings;
}

/**
 * A private repository and its credential, by Argo CD's declarative setup
 * (argo-cd, docs/operator-manual/declarative-setup.md, "Repositories").
 */
export class Repository extends pulumi.ComponentResource {
    constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Repository", name, {}, opts);

        const { namespace, project, secretName, url, settings } = args;
        new Secret(
            `${name}-secret`,
            {
                metadata: {
                    name: secretName,
                    namespace,
                    labels: {
                        [secretTypeLabel]: "repository",
                        [managedByLabel]: manager,
                    },
                },
                data: secretData({ ...typeOf(settings), url, project, ...credential(settings) }),
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}

/** The kind of a repository; a registry is a Helm repository to Argo CD (argo-cd, docs/user-guide/oci.md). */
function typeOf({ url, type }: RepositorySettings): Record<string, string> {
    return url.startsWith("oci://") ? { type: "helm", enableOCI: "true" } : { type };
}

/**
 * The credentials of the settings, one for each application that reads the repository: Argo CD gives a project the
 * credential that is scoped to it. One that no application reads is the first application's.
 */
export function credentialsFor({ applications, repositories }: Pick<HubSettings, "applications" | "repositories">) {
    return Object.entries(repositories).flatMap(([name, settings]) => {
        const readers = applications.flatMap(({ name: project, source }) => {
            const url = urlsOf(source).find((one) => plainUrl(one) === plainUrl(settings.url));
            return url === undefined ? [] : [{ project, url: asReadBy(url, settings) }];
        });
        const owners = applications.map(({ name: project }) => ({ project, url: argoCdUrl(settings.url) }));
        const [first = owners[0], ...others] = readers;
        const secretName = `repository-${name}`;
        return first === undefined
            ? []
            : [
                  { logicalName: secretName, secretName, ...first, settings },
                  ...others.map((reader) => ({
                      logicalName: `${secretName}.${reader.project}`,
                      secretName: `${secretName}.${reader.project}`,
                      ...reader,
                      settings,
                  })),
              ];
    });
}

/** The URL of the settings, or the application's own where Argo CD would not find that. */
function asReadBy(read: string, { url }: RepositorySettings): string {
    return isSameToArgoCd(read, url) ? argoCdUrl(url) : read;
}

function credential({ username, token, sshKey, githubApp }: RepositorySettings): Record<string, string> {
    if (token !== undefined) {
        return { username, password: token };
    }
    if (sshKey !== undefined) {
        return { sshPrivateKey: sshKey };
    }
    if (githubApp === undefined) {
        throw new Error("a repository must have a credential");
    }
    return {
        githubAppID: String(githubApp.id),
        githubAppInstallationID: String(githubApp.installation),
        githubAppPrivateKey: githubApp.key,
        ...(githubApp.api === undefined ? {} : { githubAppEnterpriseBaseUrl: githubApp.api }),
    };
}
