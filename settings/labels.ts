import { z } from "zod";
import { dnsNamePattern } from "./kinds";

/** Labels of a cluster Secret that the program sets itself. */
export const ownLabels = ["environment", "argocd.argoproj.io/secret-type", "app.kubernetes.io/managed-by"];

const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

function isLabelKey(key: string): boolean {
    const [name = "", prefix, ...more] = key.split("/").reverse();
    return labelName.test(name) && (prefix === undefined || dnsNamePattern.test(prefix)) && more.length === 0;
}

/** Accepts unquoted `true` and numbers as text, because YAML does not read them as text. */
const labelValue = z
    .union([z.string(), z.boolean(), z.number()], "the value of a label must be text. Put it in quotes")
    .meta({ examples: ["eu-west-1"] })
    .transform(String)
    .refine(
        (value) => value === "" || labelName.test(value),
        "is not a valid label value: it must be at most 63 letters, digits, \"-\", \"_\" and \".\", " +
            "and begin and end with a letter or digit. Write for example \"eu-west-1\"",
    );

/** Labels of a cluster Secret, by which an ApplicationSet selects clusters. */
export const labels = z
    .record(
        z
            .string()
            .refine(
                isLabelKey,
                "is not a valid label key: it must be an optional DNS prefix and \"/\", then at most 63 letters, " +
                    "digits, \"-\", \"_\" and \".\". Write for example \"tier\"",
            )
            .refine((key) => !ownLabels.includes(key), "is a label that the program sets. Remove it")
            .meta({ examples: ["region"] }),
        labelValue,
        "must be a map of text to text. Write for example `region: eu-west-1`",
    )
    .superRefine(({ deploy }, context) => {
        if (deploy !== undefined && deploy !== "true" && deploy !== "false") {
            context.addIssue({ code: "custom", path: ["deploy"], message: 'must be "true" or "false". Write one of these' });
        }
    });
