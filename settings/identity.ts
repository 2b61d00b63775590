import { z } from "zod";
import { entraId, roleArn } from "./kinds";

/** Identities of Argo CD at cloud providers, with which it connects to spokes that have no token. */

const aws = z
    .strictObject({
        roleArn: roleArn("the role of Argo CD", "argocd-hub")
            .describe(
                "ARN of the IAM role of Argo CD's ServiceAccounts (IRSA). Omit it if EKS Pod Identity or the nodes give the role.",
            )
            .optional(),
    })
    .describe("Argo CD has an IAM role of AWS. The value is `{}` if it is not by IRSA.");

const gcp = z
    .strictObject({
        serviceAccount: z
            .email("must be the e-mail address of a Google service account. Write NAME@PROJECT.iam.gserviceaccount.com")
            .meta({
                description:
                    "E-mail address of the Google service account that Argo CD's ServiceAccounts impersonate. Omit it if they " +
                    "have roles themselves.",
                examples: ["argocd@example.iam.gserviceaccount.com"],
            })
            .optional(),
    })
    .describe("Argo CD has Workload Identity of Google Cloud. The value is `{}` without a Google service account.");

const azure = z
    .strictObject({
        clientId: entraId("client")
            .describe("Client ID of the identity. Omit it if every spoke names its own in `credentials.clientId`.")
            .optional(),
        tenantId: entraId("tenant")
            .describe("Tenant ID of the identity. The default is the tenant of the hub's webhook.")
            .optional(),
    })
    .describe("Argo CD has workload identity of Microsoft Entra.");

export const identity = z
    .strictObject({ aws, gcp, azure })
    .partial()
    .describe("Argo CD's own identity at cloud providers, for spokes with `credentials.type` `aws`, `gcp` or `azure`.")
    .default({});

/** Argo CD's identities, by cloud. */
export type IdentitySettings = z.output<typeof identity>;

/** A cloud whose identity Argo CD can have. */
export type Cloud = keyof IdentitySettings;
