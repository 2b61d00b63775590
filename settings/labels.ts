import { z } from "zod";
import { dnsNamePattern } from "./kinds";

const ownLabels = ["environment", "argocd.argoproj.io/secret-type", "app.kubernetes.io/managed-by"];

/** Whether a label of a cluster Secret is one that the program sets itself, by its name or its prefix. */
export function isOwnLabel(key: string): boolean {
    return ownLabels.includes(key) || /^([^/]+\.)?hubspoke\//.test(key);
}

const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Whether a key is one that a label may have. */
export function isLabelKey(key: string): boolean {
    const [name = "", prefix, ...more] = key.split("/").reverse();
    return labelName.test(name) && (prefix === undefined || dnsNamePattern.test(prefix)) && more.length === 0;
}

/** Whether a text is one that a label may have. */
export function isLabelValue(value: string): boolean {
    return value === "" || labelName.test(value);
}

function label(message: (input: unknown) => string) {
    return z
        .string({ error: ({ input }) => message(input) })
        .refine(
            isLabelValue,
            "is not a valid label value: it must be at most 63 letters, digits, \"-\", \"_\" and \".\", " +
                "and begin and end with a letter or digit. Write for example \"eu-west-1\"",
        )
        .meta({ examples: ["eu-west-1"] });
}

const text = "the value of a label must be text. Put it in quotes";
const deploy = z.enum(["true", "false"], 'must be "true" or "false". Write one of these');

/** Labels of a cluster Secret, by which an ApplicationSet selects clusters. */
function labels<const Shape extends z.core.$ZodShape>(shape: Shape) {
    return z
        .object(shape, "must be a map of text to text. Write for example `region: eu-west-1`")
        .catchall(label(() => text))
        .superRefine((given, context) => {
            for (const key of Object.keys(given)) {
                const message = keyProblem(key);
                if (message !== undefined) {
                    context.addIssue({ code: "custom", path: [key], message });
                }
            }
        })
        .meta({ examples: [{ region: "eu-west-1" }] });
}

function keyProblem(key: string): string | undefined {
    if (isOwnLabel(key)) {
        return "is a label that the program sets. Remove it, or choose another key";
    }
    return isLabelKey(key)
        ? undefined
        : 'is not a valid label key: it must be an optional DNS prefix and "/", then at most 63 letters, ' +
              'digits, "-", "_" and ".". Write for example "tier"';
}

/** Labels of the hub's own cluster Secret. */
export const hubLabels = labels({
    deploy: deploy.describe('`"true"` installs the agent on the hub. It needs the label `region`.').default("false"),
}).refine(({ deploy, region }) => deploy !== "true" || region !== undefined, {
    path: ["region"],
    error: 'is missing, and with deploy: "true" the agent needs it. Write for example "eu-west-1"',
});

/** Labels of a spoke's cluster Secret. */
export const spokeLabels = labels({
    deploy: deploy.describe('`"true"` installs the agent on the cluster; `"false"` removes it.').default("true"),
    region: label((input) =>
        input === undefined ? 'is missing; it says where the cluster is. Write for example "eu-west-1"' : text,
    ).describe("Where the cluster is."),
});
