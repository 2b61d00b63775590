import { z } from "zod";
import { tokenLifetime } from "./duration";
import { dnsName } from "./kinds";

/** An audience of Argo CD's tokens: the name of a file in its pods, too. */
export const audience = dnsName("an audience", "prod");

export const federation = z
    .strictObject({
        audiences: z
            .array(audience)
            .min(1, "names no audience. Add one, or remove `federation`")
            .refine((all) => new Set(all).size === all.length, "names an audience twice. Remove one")
            .describe(
                "Audiences of Argo CD's tokens. Each spoke accepts one, by default the name of its environment. A new audience " +
                    "restarts Argo CD's pods; a new cluster does not.",
            ),
        lifetime: tokenLifetime
            .meta({
                description: "How long each token is valid; the hub's kubelets renew it. The least is `10m`.",
                examples: ["10m"],
            })
            .default("1h"),
    })
    .describe(
        "Argo CD has tokens of the hub's issuer, for spokes that trust it (`credentials.type: federated`). " +
            "See docs/federation.md.",
    )
    .optional();

/** Argo CD's tokens for spokes that trust the hub's issuer. */
export type FederationSettings = z.output<typeof federation>;
