import { z } from "zod";
import { text } from "./kinds";

/** How a cluster is reached. */
export const connection = z
    .strictObject({
        context: text("a kubeconfig context", "staging")
            .describe("Context in the kubeconfig of the user who runs Pulumi.")
            .optional(),
        kubeconfig: text("a kubeconfig", "apiVersion: v1 …")
            .meta({
                description:
                    "Content of a kubeconfig file, for example in CI, as `kubectl config view --raw --minify --flatten` " +
                    "prints it.",
                writeOnly: true,
                examples: [{ secure: "v1:…" }],
            })
            .optional(),
    })
    .refine(
        ({ context, kubeconfig }) => (context === undefined) !== (kubeconfig === undefined),
        "must have exactly one of context and kubeconfig. Write `context: NAME` with a name that " +
            "`kubectl config get-contexts` lists, or set kubeconfig by `pulumi config set --secret --path`",
    );

/** How a cluster is reached: exactly one of a kubeconfig context and a whole kubeconfig (a secret). */
export type ClusterConnection = z.output<typeof connection>;
