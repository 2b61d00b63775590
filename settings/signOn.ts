import { z } from "zod";
import { text } from "./kinds";

const oidc = z.strictObject({
    name: text("the provider's name on the log-in page", "Example")
        .describe("Name of the provider on the login page.")
        .default("Single sign-on"),
    issuer: z
        .url({ protocol: /^https$/, error: "is missing or not a valid HTTPS URL of an issuer" })
        .meta({ description: "URL of the issuer.", examples: ["https://login.example.com"] }),
    clientId: text("the client's id", "argocd").describe("Client ID of Argo CD at the provider."),
    clientSecret: text("the client's secret (pulumi config set --secret --path 'access.oidc.clientSecret')", "…").meta({
        description: "Client secret of Argo CD at the provider.",
        writeOnly: true,
        examples: [{ secure: "v1:…" }],
    }),
    scopes: z
        .array(z.string())
        .meta({ description: "Scopes that Argo CD requests.", examples: [["openid", "email", "groups"]] })
        .default(["openid", "profile", "email", "groups"]),
});

/** The setting `access`. */
export const signOn = z
    .strictObject({
        oidc: oidc.describe("Single sign-on by OpenID Connect. With it, the user `admin` does not exist.").optional(),
        groups: z
            .record(
                z.string().min(1, "the name of a group is empty").meta({ examples: ["platform"] }),
                z.enum(
                    ["admin", "operator", "readonly"],
                    'is not a valid role. Write "admin", "operator" or "readonly"',
                ),
            )
            .describe(
                "Role of each group. `operator` may sync Applications, and read logs in environments with `logs: true`. " +
                    "Other users have no role.",
            )
            .default({}),
    })
    .refine(({ oidc, groups }) => oidc !== undefined || Object.keys(groups).length === 0, {
        path: ["groups"],
        error: "need single sign-on, which is not set. Add access.oidc, or remove them",
    })
    .describe("Who may log in to Argo CD, and with which role.");

/** Users' roles in Argo CD. */
export type SignOnSettings = z.output<typeof signOn>;
