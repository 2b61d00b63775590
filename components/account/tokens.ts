import { Secret, type ServiceAccount } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random";
import type { ClusterConnection } from "../../settings/connection";
import { onceMade } from "../support/onceMade";
import { secretValue } from "../support/secretData";
import { BoundToken } from "./boundToken";

export interface TokensArgs {
    /** The tokens' account. */
    readonly account: ServiceAccount;
    /** Generation of the token in use; a higher number is a newer token. */
    readonly generation: number;
    /** Tokens up to this generation are revoked. */
    readonly retired: number;
    /** How long a token is valid, as a Go duration; undefined for tokens that never end. */
    readonly lifetime: string | undefined;
    readonly cluster: string;
    readonly spoke: ClusterConnection;
    readonly quarantined: boolean;
}

/** The public facts of a token: never the token itself. */
export interface TokenFacts {
    readonly generation: number;
    readonly secret: pulumi.Output<string>;
    /** Creation time, as RFC 3339. */
    readonly created: pulumi.Output<string>;
    /** End, as RFC 3339; undefined for a token that never ends. */
    readonly expires?: pulumi.Output<string>;
}

/**
 * The account's tokens: the current one and, until it is revoked, the previous one. Each has its own Secret, so a new
 * token can be created and used while the old one is still valid; the deletion of its Secret revokes the old one.
 *
 * The Secret of a token that never ends contains it. A token that ends is only bound to its Secret, which is empty.
 *
 * The account's uid is given because the cluster's controller otherwise takes the account of that name from its cache:
 * after an account is made again, that can be the one before it, and no API server ever accepts the token
 * (`getServiceAccount` of Kubernetes' `tokens_controller.go`).
 */
export class Tokens extends pulumi.ComponentResource {
    /** The token in use; a secret. */
    readonly token: pulumi.Output<string>;
    /** The certificate authority of the spoke's API server, in PEM, if the Secret contains it. */
    readonly ca: pulumi.Output<string> | undefined;
    readonly current: TokenFacts;
    readonly previous: TokenFacts | undefined;

    constructor(name: string, args: TokensArgs, opts?: pulumi.ComponentResourceOptions) {
        super("hubspoke:index:Tokens", name, {}, opts);

        const { account, generation, retired, lifetime, ...where } = args;
        const { namespace } = account.metadata;
        const make = (which: number) =>
            lifetime === undefined
                ? this.make(`${name}-${which}`, account, {
                      type: "kubernetes.io/service-account-token",
                      annotations: {
                          "kubernetes.io/service-account.name": account.metadata.name,
                          "kubernetes.io/service-account.uid": onceMade(account, account.metadata.uid),
                      },
                  })
                : this.make(`${name}-bound-${which}`, account, { type: "Opaque" });
        const before = generation - 1;
        this.previous = retired < before ? factsOf(before, make(before)) : undefined;
        const secret = make(generation);
        if (lifetime === undefined) {
            this.current = factsOf(generation, secret);
            this.token = secretValue(secret.data, "token");
            this.ca = secretValue(secret.data, "ca.crt");
        } else {
            const bound = new BoundToken(
                `${name}-bound-${generation}-issued`,
                { ...where, namespace, account: account.metadata.name, secret: secret.metadata.name, lifetime },
                { parent: this },
            );
            const { created, expires } = bound;
            this.current = { generation, secret: secret.metadata.name, created, expires };
            this.token = pulumi.secret(bound.token);
        }
        this.registerOutputs({ current: this.current, previous: this.previous });
    }

    /** A Secret with an unpredictable name. */
    private make(
        name: string,
        account: ServiceAccount,
        { type, annotations }: { readonly type: string; readonly annotations?: Record<string, pulumi.Input<string>> },
    ): Secret {
        const suffix = new RandomString(
            `${name}-suffix`,
            { length: 6, special: false, upper: false },
            { parent: this },
        );
        return new Secret(
            name,
            {
                metadata: {
                    name: pulumi.interpolate`${account.metadata.name}-${suffix.result}`,
                    namespace: account.metadata.namespace,
                    annotations,
                },
                type,
            },
            { parent: this, additionalSecretOutputs: ["data"] },
        );
    }
}

function factsOf(generation: number, secret: Secret): TokenFacts {
    const { name, creationTimestamp } = secret.metadata;
    return { generation, secret: name, created: onceMade(secret, creationTimestamp) };
}
