import type { Credentials } from "../../settings/credentials";
import type { TokenFacts } from "./tokens";

/** What a stack's outputs say of a credential. */
export interface CredentialFacts {
    readonly type: Credentials["type"];
    /** The token in use: its generation, its Secret on the spoke, and when it was made. */
    readonly current?: TokenFacts;
    /** The token before it, until that is retired. */
    readonly previous?: TokenFacts;
}

/** Kind and age of a spoke's credential; nothing of it is secret. */
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
