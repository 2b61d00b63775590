/** The claims of a JSON Web Token, which are not verified; undefined if the text is none. */
export function claimsOf<Claims extends object>(token: string): Claims | undefined {
    try {
        const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
        return typeof claims === "object" && claims !== null ? (claims as Claims) : undefined;
    } catch {
        return undefined;
    }
}
