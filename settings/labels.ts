import { z } from "zod";
import { dnsNamePattern } from "./kinds";

/** Labels of a cluster Secret that the program sets itself. */
export const ownLabels = ["environment", "argocd.argoproj.io/secret-type", "app.kubernetes.io/managed-by"];

const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

function isLabelKey(key: string): boolean {
    const [name = "", prefix, ...more] = key.split("/").reverse();
    return labelName.test(name) && (prefix === undefined || dnsNamePattern.test(prefix)) && more.length === 0;
}

/** Unquoted `true` and numbers are taken as text, since YAML reads them otherwise. */
const labelValue = z
    .union([z.string(), z.boolean(), z.number()], "a label's value is text. Put it in quotes")
    .meta({ examples: ["eu-west-1"] })
    .transform(String)
    .refine(
        (value) => value === "" || labelName.test(value),
        "Kubernetes refuses this label value: it has at most 63 letters, digits, \"-\", \"_\" and \".\", " +
            "and begins and ends with a letter or digit. Write for example \"eu-west-1\"",
    );

/** Labels of a cluster Secret, by which an ApplicationSet chooses clusters. */
export const labels = z
    .record(
        z
            .string()
            .refine(
                isLabelKey,
                "Kubernetes refuses this label key: it is an optional DNS prefix and \"/\", then at most 63 letters, " +
                    "digits, \"-\", \"_\" and \".\". Write for example \"tier\"",
            )
            .refine((key) => !ownLabels.includes(key), "this label is set by the program. Remove it")
            .meta({ examples: ["region"] }),
        labelValue,
        "labels are a map of text to text. Write for example `region: eu-west-1`",
    )
    .superRefine(({ deploy }, context) => {
        if (deploy !== undefined && deploy !== "true" && deploy !== "false") {
            context.addIssue({ code: "custom", path: ["deploy"], message: 'is "true" or "false". Write one of these' });
        }
    });
