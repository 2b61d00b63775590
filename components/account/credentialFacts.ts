import type { Credentials } from "../../settings/credentials";
import type { TokenFacts } from "./tokens";

/** The facts about a credential in a stack's outputs. */
export interface CredentialFacts {
    readonly type: Credentials["type"];
    /** The token in use: its generation, its Secret on the spoke, and its creation time. */
    readonly current?: TokenFacts;
    /** The previous token, until it is revoked. */
    readonly previous?: TokenFacts;
}

/** Type and age of a spoke's credential, without secrets. */
export function credentialFacts(
    { type }: Credentials,
    tokens: { readonly current: TokenFacts; readonly previous: TokenFacts | undefined } | undefined,
): CredentialFacts {
    return {
        type,
        ...(tokens === undefined ? {} : { current: tokens.current }),
        ...(tokens?.previous === undefined ? {} : { previous: tokens.previous }),
    };
}
