import * as pulumi from "@pulumi/pulumi";
import type { ClusterAddress } from "../clusters/kubeconfig";
import type { ArgoCdConnection } from "../clusters/argoCdConnection";
import { connectingAccounts, issuerOf, subjectOf } from "../clusters/federation";
import { audienceAnnotation } from "../clusters/names";
import type { Registration } from "../clusters/registrations";
import { ask, CertificateError } from "../clusters/request";
import { MayNotRequestError } from "../clusters/tokenRequest";
import { askWithToken } from "../clusters/tokenTrial";
import { audienceOf } from "../components/account/clusterConfig";
import type { HubOutputs } from "../components/hubOutputs";
import type { Credentials } from "../settings/credentials";
import type { HubSettings } from "../settings/hub";
import { type CheckedCluster, connectionOf } from "./connection";
import type { HubTokens } from "./hubTokens";
import { once } from "./once";

/**
 * Refuses a hub without the tokens that its clusters need: Argo CD would lose them.
 *
 * @throws Error that names the clusters
 */
export function refuseMissingAudiences(
    { federation }: Pick<HubSettings, "federation">,
    existing: readonly Registration[],
): void {
    const lost = existing.flatMap(({ cluster, annotations }) => {
        const audience = annotations[audienceAnnotation];
        return audience === undefined || federation?.audiences.includes(audience) ? [] : [`${audience} (${cluster})`];
    });
    if (lost.length > 0) {
        throw new Error(
            `hubspoke:federation.audiences: lacks ${lost.join(", ")}: Argo CD would lose these clusters. Add it, or give ` +
                "them other credentials first",
        );
    }
}

/** How Argo CD authenticates to a spoke that trusts the hub's issuer. */
type Federated = Extract<Credentials, { type: "federated" }>;

interface FederatedCluster extends CheckedCluster {
    readonly environment: string;
}

/**
 * Checks that a spoke accepts tokens of the hub's issuer, with tokens that the hub makes for it now, and that it gives
 * Argo CD's accounts the names to which the stack binds the Roles. It changes nothing.
 *
 * @throws Error that says what to configure on the spoke, or to write
 */
export async function checkFederation(
    cluster: FederatedCluster,
    tokens: HubTokens,
    outputs: HubOutputs,
): Promise<void> {
    const { settings, user, environment } = cluster;
    const { credentials } = settings;
    if (credentials.type !== "federated") {
        return;
    }
    const at = `hubspoke:${user.setting}.credentials`;
    const audience = audienceOf(credentials, environment);
    if (!outputs.audiences?.includes(audience)) {
        throw new Error(
            `${at}.audience: Argo CD on the hub has no token with the audience ${audience}. Add it to federation.audiences in ` +
                "the hub's stack, and run pulumi up --stack hub (docs/federation.md)",
        );
    }
    const connection = once(() => connectionOf(cluster));
    try {
        for (const account of connectingAccounts) {
            const token = await tokens(account, audience);
            const trial = { at, token, subject: subjectOf(outputs.argoCdNamespace, account), audience };
            await refuseUnknownIssuer(cluster, credentials, trial, await connection());
        }
    } catch (error) {
        if (!(error instanceof MayNotRequestError)) {
            throw error;
        }
        await pulumi.log.warn(`${at}: not checked whether the cluster trusts the hub's issuer. ${error.message}`);
    }
}

/** A token of the hub for a spoke, to be tried there. */
interface Trial {
    /** The setting, for errors. */
    readonly at: string;
    readonly token: string;
    /** Whose token it is. */
    readonly subject: string;
    readonly audience: string;
}

async function refuseUnknownIssuer(
    { user, server }: CheckedCluster,
    { usernamePrefix }: Federated,
    { at, token, subject, audience }: Trial,
    connection: ArgoCdConnection | undefined,
): Promise<void> {
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const path = "apis/authentication.k8s.io/v1/selfsubjectreviews";
    const asked = askWithToken(user, connection, token, path, { method: "POST", body: review });
    const answer = await asked.catch((error: Error) => {
        // `checkConnection` reports it.
        return error instanceof CertificateError ? undefined : Promise.reject(error);
    });
    if (answer?.status === 401 && !answer.byArgoCdsWay) {
        await pulumi.log.warn(`${at}: not checked whether the cluster trusts the hub's issuer: only the hub reaches ${server}`);
    } else if (answer?.status === 401) {
        const issuer = issuerOf(token) ?? "the hub's issuer";
        throw new Error(await whyRefused({ at, server, user, issuer, audience, usernamePrefix }));
    }
    if (answer?.status !== 201) {
        return;
    }
    const { username: name } = (JSON.parse(answer.body) as SelfSubjectReview).status.userInfo;
    if (name !== `${usernamePrefix}${subject}`) {
        const isPrefixed = name.endsWith(subject) && name !== subject;
        const remedy = isPrefixed
            ? `Write \`usernamePrefix: "${name.slice(0, -subject.length)}"\``
            : "Map the claim `sub` to the user's name there, with a prefix (docs/federation.md)";
        throw new Error(`${at}.usernamePrefix: ${server} calls Argo CD ${name}, and not ${usernamePrefix}${subject}. ${remedy}`);
    }
}

interface SelfSubjectReview {
    readonly status: { readonly userInfo: { readonly username: string } };
}

interface Refused {
    readonly at: string;
    readonly server: string;
    readonly user: ClusterAddress;
    readonly issuer: string;
    readonly audience: string;
    readonly usernamePrefix: string;
}

/** Why a spoke refuses the hub's tokens, and what to configure: as far as the cluster tells it. */
async function whyRefused({ at, server, user, issuer, audience, usernamePrefix }: Refused): Promise<string> {
    const own = await ownIssuer(user);
    if (own === issuer) {
        return (
            `${at}: ${server} and the hub have the same issuer of tokens, ${issuer}, and an API server trusts no other ` +
            "cluster by its own issuer's name. Give the hub an issuer of its own (docs/federation.md), or write " +
            "`type: token` with `lifetime`"
        );
    }
    const { gitVersion } = await version(user);
    return (
        `${at}: ${server} does not accept tokens of the hub's issuer ${issuer} with the audience ${audience}. ` +
        howToTrust({ server, gitVersion, issuer, audience, usernamePrefix })
    );
}

/** The issuer of the spoke's own tokens; undefined if this identity may not read it. */
async function ownIssuer(user: ClusterAddress): Promise<string | undefined> {
    const { status, body } = await ask(user, ".well-known/openid-configuration");
    return status === 200 ? (JSON.parse(body) as { issuer?: string }).issuer : undefined;
}

async function version(user: ClusterAddress): Promise<{ readonly gitVersion: string }> {
    const { body } = await ask(user, "version");
    return JSON.parse(body) as { gitVersion: string };
}

/** What a distribution of Kubernetes needs to trust an issuer. Sources: docs/federation.md. */
export function howToTrust(given: {
    readonly server: string;
    readonly gitVersion: string;
    readonly issuer: string;
    readonly audience: string;
    readonly usernamePrefix: string;
}): string {
    const { server, gitVersion, issuer, audience, usernamePrefix } = given;
    const file = "with a JWT authenticator for them, whose user is the claim `sub` with the prefix " +
        `"${usernamePrefix}" (docs/federation.md)`;
    const flag = `kube-apiserver-arg: ["authentication-config=FILE"] in its config.yaml, FILE ${file}`;
    if (gitVersion.includes("-eks-")) {
        return (
            "Run `aws eks associate-identity-provider-config --cluster-name NAME --oidc identityProviderConfigName=hub," +
            `issuerUrl=${issuer},clientId=${audience},usernameClaim=sub,usernamePrefix=${usernamePrefix}\``
        );
    }
    if (new URL(server).hostname.endsWith(".azmk8s.io")) {
        return `Run \`az aks jwtauthenticator add --config-file FILE\`, FILE ${file}`;
    }
    if (gitVersion.includes("-gke.")) {
        return "GKE trusts no issuer of a cluster: write `type: gcp`, or `type: token` with `lifetime`";
    }
    if (gitVersion.includes("+k3s")) {
        return `In K3s, write ${flag}`;
    }
    if (gitVersion.includes("+rke2")) {
        return `In RKE2, write ${flag}`;
    }
    return `Start its API servers with --authentication-config=FILE, ${file}`;
}
