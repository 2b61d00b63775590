import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { managedByLabel, manager, secretTypeLabel } from "../../clusters/names";
import type { RepositorySettings } from "../../settings/repositories";
import { secretData } from "../support/secretData";

export interface RepositoryArgs {
    /** Argo CD's namespace on the hub. */
    readonly namespace: pulumi.Input<string>;
    /** AppProject to which the repository is scoped: no other project can use its credential. */
    readonly project: pulumi.Input<string>;
    readonly repositoryName: string;
    readonly settings: RepositorySettings;
}

/**
 * A private repository and its credential, by Argo CD's declarative setup
 * (argo-cd, docs/operator-manual/declarative-setup.md, "Repositories").
 */
export class Repository extends pulumi.ComponentResource {
    constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Repository", name, {}, opts);

        const { namespace, project, repositoryName, settings } = args;
        new Secret(
            `${name}-secret`,
            {
                metadata: {
                    name: `repository-${repositoryName}`,
                    namespace,
                    labels: {
                        [secretTypeLabel]: "repository",
                        [managedByLabel]: manager,
                    },
                },
                data: secretData({ type: "git", url: settings.url, project, ...credential(settings) }),
            },
            { parent: this },
        );
        this.registerOutputs();
    }
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
