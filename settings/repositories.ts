import { z } from "zod";
import { gitUrl } from "./agent";
import { secret, text } from "./kinds";

const pemKey = secret.regex(/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "is no private key in PEM. Give the file's whole text");

/** A private repository and its one credential. */
export const repository = z
    .strictObject({
        url: gitUrl,
        username: text("the user of a token", "git").default("git"),
        token: secret.optional(),
        sshKey: pemKey.optional(),
        githubApp: z
            .strictObject({
                id: z.int("is no whole number"),
                installation: z.int("is no whole number"),
                key: pemKey,
                /** Address of a GitHub Enterprise's API; nothing means github.com. */
                api: z.url({ protocol: /^https$/, error: "is no https URL" }).optional(),
            })
            .optional(),
    })
    .superRefine(({ url, token, sshKey, githubApp }, context) => {
        const refuse = (message: string) => context.addIssue({ code: "custom", message });
        if ([token, sshKey, githubApp].filter((credential) => credential !== undefined).length !== 1) {
            refuse("has exactly one credential. Keep one of token, sshKey and githubApp");
        } else if (url.startsWith("http") !== (sshKey === undefined)) {
            refuse("an SSH key goes with ssh://… or git@host:path, a token or GitHub App with https://…. Change one");
        }
    });

/** Hosts that Argo CD knows by SSH, in the format of known_hosts. */
export const knownHosts = z.string().regex(
    /^((#.*|[^\s|#]\S* \S+ [A-Za-z0-9+/=]+( .*)?)?(\n|$))*$/,
    "has a line that is no `host type key`. Write what `ssh-keyscan HOST` prints, after a comparison with the host's own word",
);

/** Secrets by which Argo CD knows that a push was announced by the Git host, and by nobody else. */
export const webhooks = z
    .strictObject({ github: secret, gitlab: secret, bitbucket: secret, bitbucketServer: secret, gogs: secret })
    .partial();

/** A repository's URL and its one credential. */
export type RepositorySettings = z.output<typeof repository>;
