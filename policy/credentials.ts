/** Patterns of credentials, by their name in messages. */
export const credentials: Readonly<Record<string, RegExp>> = {
    "a private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?/,
    "a token (JWT)": /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
    "a URL with a password": /\b[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s@]+@/,
    "a token of a Git host": /\b(gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,})/,
    "a key of a cloud": /\bAKIA[0-9A-Z]{16}\b/,
};
