import { Secret, type ServiceAccount } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random";
import { onceMade } from "../support/onceMade";
import { secretValue } from "../support/secretData";

export interface TokensArgs {
    /** The tokens' account. */
    readonly account: ServiceAccount;
    /** Generation of the token in use; a higher number is a newer token. */
    readonly generation: number;
    /** Tokens up to this generation are revoked. */
    readonly retired: number;
}

/** The public facts of a token: never the token itself. */
export interface TokenFacts {
    readonly generation: number;
    readonly secret: pulumi.Output<string>;
    /** Creation time, as RFC 3339. */
    readonly created: pulumi.Output<string>;
}

/**
 * The account's tokens: the current one and, until it is revoked, the previous one. Each has its own Secret, so a new
 * token can be created and used while the old one is still valid; the deletion of its Secret revokes the old one.
 */
export class Tokens extends pulumi.ComponentResource {
    /** The token in use; a secret. */
    readonly token: pulumi.Output<string>;
    /** The certificate authority of the spoke's API server, in PEM. */
    readonly ca: pulumi.Output<string>;
    readonly current: TokenFacts;
    readonly previous: TokenFacts | undefined;

    constructor(name: string, { account, generation, retired }: TokensArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Tokens", name, {}, opts);

        const before = generation - 1;
        this.previous = retired < before ? factsOf(before, this.make(name, before, account)) : undefined;
        const secret = this.make(name, generation, account);
        this.current = factsOf(generation, secret);
        this.token = secretValue(secret.data, "token");
        this.ca = secretValue(secret.data, "ca.crt");
        this.registerOutputs({ current: this.current, previous: this.previous });
    }

    /** A token that the spoke's controller writes into a Secret with an unpredictable name. */
    private make(name: string, generation: number, account: ServiceAccount): Secret {
        const suffix = new RandomString(
            `${name}-${generation}-suffix`,
            { length: 6, special: false, upper: false },
            { parent: this },
        );
        return new Secret(
            `${name}-${generation}`,
            {
                metadata: {
                    name: pulumi.interpolate`${account.metadata.name}-${suffix.result}`,
                    namespace: account.metadata.namespace,
                    annotations: { "kubernetes.io/service-account.name": account.metadata.name },
                },
                type: "kubernetes.io/service-account-token",
            },
            { parent: this, additionalSecretOutputs: ["data"] },
        );
    }
}

function factsOf(generation: number, secret: Secret): TokenFacts {
    const { name, creationTimestamp } = secret.metadata;
    return { generation, secret: name, created: onceMade(secret, creationTimestamp) };
}
