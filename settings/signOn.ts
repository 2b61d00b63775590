import { z } from "zod";
import { text } from "./kinds";

const oidc = z.strictObject({
    name: text("the provider's name on the log-in page", "Example").default("Single sign-on"),
    issuer: z.url({ protocol: /^https$/, error: "is missing or no https URL of an issuer" }),
    clientId: text("the client's id", "argocd"),
    clientSecret: text("the client's secret (pulumi config set --secret --path 'access.oidc.clientSecret')", "…"),
    scopes: z.array(z.string()).default(["openid", "profile", "email", "groups"]),
});

/** Who may log in to Argo CD, and with which role: the setting `access`. */
export const signOn = z
    .strictObject({
        oidc: oidc.optional(),
        groups: z
            .record(
                z.string().min(1, "a group has a name"),
                z.enum(
                    ["admin", "operator", "readonly"],
                    'is no role of Argo CD here. Write "admin", "operator" or "readonly"',
                ),
            )
            .default({}),
    })
    .refine(({ oidc, groups }) => oidc !== undefined || Object.keys(groups).length === 0, {
        path: ["groups"],
        error: "groups come from single sign-on, which is not set. Add access.oidc, or remove them",
    });

/** Who may do what in Argo CD. */
export type SignOnSettings = z.output<typeof signOn>;
