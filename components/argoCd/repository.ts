import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { managedByLabel, manager, secretTypeLabel } from "../../clusters/names";
import type { ApplicationSettings } from "../../settings/applications";
import type { HubSettings } from "../../settings/hub";
import { plainUrl, type RepositorySettings } from "../../settings/repositories";
import { secretData } from "../support/secretData";

export interface RepositoryArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** AppProject to which the repository is scoped: no other project can use its credential. */
    readonly project: pulumi.Input<string>;
    /** Name of the Secret. */
    readonly secretName: string;
    readonly settings: RepositorySettings;
}

/**
 * A private repository and its credential, by Argo CD's declarative setup
 * (argo-cd, docs/operator-manual/declarative-setup.md, "Repositories").
 */
export class Repository extends pulumi.ComponentResource {
    constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Repository", name, {}, opts);

        const { namespace, project, secretName, settings } = args;
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
                data: secretData({ ...location(settings), project, ...credential(settings) }),
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}

/** A registry has its URL without a scheme in Argo CD (argo-cd, docs/user-guide/oci.md). */
function location({ url, type }: RepositorySettings): Record<string, string> {
    if (url.startsWith("oci://")) {
        return { type: "helm", url: url.slice("oci://".length), enableOCI: "true" };
    }
    return { type, url };
}

/**
 * The credentials of the settings, one for each application that reads the repository: Argo CD gives a project the
 * credential that is scoped to it. One that no application reads is the first application's.
 */
export function credentialsFor({ applications, repositories }: Pick<HubSettings, "applications" | "repositories">) {
    return Object.entries(repositories).flatMap(([name, settings]) => {
        const readers = applications.filter((application) => readsFrom(application, settings.url));
        const [first, ...others] = readers.length > 0 ? readers : applications.slice(0, 1);
        const secretName = `repository-${name}`;
        return first === undefined
            ? []
            : [
                  { logicalName: secretName, secretName, project: first.name, settings },
                  ...others.map(({ name: project }) => ({
                      logicalName: `${secretName}.${project}`,
                      secretName: `${secretName}.${project}`,
                      project,
                      settings,
                  })),
              ];
    });
}

function readsFrom({ source }: ApplicationSettings, url: string): boolean {
    const read = "repository" in source ? [source.repository] : [source.charts, source.values?.repository ?? ""];
    return read.some((one) => plainUrl(one) === plainUrl(url));
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
