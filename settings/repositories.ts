import { z } from "zod";
import { gitUrl } from "./agent";
import { certificateAuthority } from "./credentials";
import { dnsName, secret, text } from "./kinds";

const pemKey = secret.regex(/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "is not a private key in PEM format. Give the file's whole text");

/** Charts in an OCI registry: the URL without the chart's name. */
const ociUrl = text("a registry's URL", "oci://ghcr.io/example/charts").regex(
    /^oci:\/\/[^/@?#\s]+(\/[^/@?#\s]+)*$/,
    "is not the URL of charts in a registry. Write oci://REGISTRY/PATH, without the chart's name",
);

/** A private repository and its credential. */
export const repository = z
    .strictObject({
        url: z
            .union([gitUrl, ociUrl], "is not the URL of a repository. Write https://…, ssh://…, git@host:path or oci://…")
            .meta({
                description: "URL of the repository, as an application has it, without credentials; `oci://…` for charts in a registry.",
                examples: ["https://github.com/example/agent.git"],
            }),
        type: z
            .enum(["git", "helm"], 'must be "git", or "helm" for a Helm repository. Write one of these')
            .describe("`helm` for a Helm repository with https. A registry (`oci://…`) has no type.")
            .default("git"),
        username: text("the user of a token", "git").describe("User name that goes with `token`.").default("git"),
        token: secret.describe("Access token or password, for an https or oci URL.").optional(),
        sshKey: pemKey.describe("Private SSH key in PEM format, for an ssh URL.").optional(),
        githubApp: z
            .strictObject({
                id: z.int("is not a whole number").meta({ description: "ID of the app.", examples: [123456] }),
                installation: z
                    .int("is not a whole number")
                    .meta({ description: "ID of the app's installation.", examples: [12345678] }),
                key: pemKey.describe("Private key of the app in PEM format."),
                api: z
                    .url({ protocol: /^https$/, error: "is not a valid HTTPS URL" })
                    .meta({
                        description: "URL of the API of GitHub Enterprise. The default is github.com.",
                        examples: ["https://github.example.com/api/v3"],
                    })
                    .optional(),
            })
            .describe("GitHub App, for an https URL.")
            .optional(),
    })
    .superRefine(({ url, type, token, sshKey, githubApp }, context) => {
        const refuse = (message: string) => context.addIssue({ code: "custom", message });
        if ([token, sshKey, githubApp].filter((credential) => credential !== undefined).length !== 1) {
            refuse("must have exactly one credential. Keep one of token, sshKey and githubApp");
        } else if ((url.startsWith("oci://") || type === "helm") && token === undefined) {
            refuse("is a registry or a Helm repository, which takes username and token. Set these");
        } else if (/^(https?|oci):/.test(url) !== (sshKey === undefined)) {
            refuse("needs an SSH key for ssh://… or git@host:path, and a token or GitHub App for https://…. Change one");
        }
    });

export const knownHosts = z
    .string()
    .regex(
        /^((#.*|[^\s|#]\S* \S+ [A-Za-z0-9+/=]+( .*)?)?(\n|$))*$/,
        "has a line that is not `host type key`. Write what `ssh-keyscan HOST` prints, after you compare it with the host's published keys",
    )
    .meta({
        description: "More SSH host keys that Argo CD accepts, in the format of `known_hosts`, as `ssh-keyscan` prints them.",
        examples: ["git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA"],
    });

export const webhooks = z
    .strictObject({
        github: secret.describe("Secret of the webhook in GitHub."),
        gitlab: secret.describe("Secret of the webhook in GitLab."),
        bitbucket: secret.describe("UUID of the webhook in Bitbucket Cloud."),
        bitbucketServer: secret.describe("Secret of the webhook in Bitbucket Server."),
        gogs: secret.describe("Secret of the webhook in Gogs."),
    })
    .partial()
    .describe("Secrets that verify the webhooks of the Git hosts. With a webhook, Argo CD sees a push immediately.");

/** A repository's URL and its credential. */
export type RepositorySettings = z.output<typeof repository>;

export const gitCertificates = z
    .record(dnsName("the host of a Git server", "git.example.com"), certificateAuthority)
    .describe("CA certificates of Git servers, Helm repositories and registries, in PEM format, by host without a port.")
    .default({});
