import { z } from "zod";
import { proxyUrlSchema } from "./credentials";
import { dnsName, secret, text } from "./kinds";
import { isLabelKey, isLabelValue } from "./labels";
import { plainVariables, twiceIn } from "./variables";

/** What the pods of Argo CD need on a team's clusters: images, places, and a way to the outside. */

const image = (what: string, example: string) =>
    text(`the image of ${what}`, example)
        .regex(
            /^[\w.-]+(:\d+)?(\/[\w.-]+)+$/,
            `is not an image without a tag; the chart has the tag. Write for example "${example}"`,
        )
        .describe(`Image of ${what}, without a tag.`)
        .optional();

const images = z
    .strictObject({
        argoCd: image("Argo CD", "registry.example.com/argoproj/argocd"),
        redis: image("Redis", "registry.example.com/docker/library/redis"),
        haproxy: image("the proxy of Redis, with `availability: ha`", "registry.example.com/docker/library/haproxy"),
    })
    .describe("Copies of the images in another registry.")
    .default({});

const registry = z.strictObject({
    username: text("the user of the registry", "hub").describe("User name."),
    password: secret.describe("Password or token."),
});

const notKey = "is not a key that a node's label or taint can have. Write for example \"dedicated\" or \"example.com/pool\"";
const notValue = "is not a value that a node's label or taint can have. Write for example \"argocd\"";

const toleration = z.strictObject({
    key: text("the key of the taint", "dedicated")
        .refine(isLabelKey, notKey)
        .describe("Key of the taint. Without it, every key.")
        .optional(),
    operator: z
        .enum(["Equal", "Exists"], 'must be "Equal" or "Exists". Write one of these')
        .describe("How `value` is compared.")
        .default("Equal"),
    value: text("the value of the taint", "argocd")
        .refine(isLabelValue, notValue)
        .describe("Value of the taint.")
        .optional(),
    effect: z
        .enum(
            ["NoSchedule", "PreferNoSchedule", "NoExecute"],
            'must be "NoSchedule", "PreferNoSchedule" or "NoExecute". Write one of these',
        )
        .describe("Effect of the taint. Without it, every effect.")
        .optional(),
}).superRefine(({ key, operator, value }, context) => {
    if (operator === "Exists" && value !== undefined) {
        const message = "has no meaning with operator Exists, which compares no value. Remove one of the two";
        context.addIssue({ code: "custom", path: ["value"], message });
    }
    if (operator === "Equal" && key === undefined) {
        context.addIssue({ code: "custom", path: ["operator"], message: "must be Exists without a key. Write it, or a key" });
    }
});

const environmentVariable = z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'is not the name of a variable. Write for example "AWS_REGION"')
    .refine((name) => !/^(https?|no)_proxy$/i.test(name), { error: "belongs to pods.proxy. Set that" })
    .meta({ examples: ["AWS_REGION"] });

export const pods = z
    .strictObject({
        images,
        registries: z
            .record(
                z.string().regex(/^[\w.-]+(:\d+)?$/, 'is not a registry. Write for example "registry.example.com"'),
                registry,
            )
            .meta({
                description: "Logins for registries, by host. The program writes them to the Secret `argocd-registries`.",
                examples: [{ "registry.example.com": { username: "hub", password: { secure: "v1:…" } } }],
            })
            .default({}),
        pullSecrets: z
            .array(dnsName("a Secret", "registry"))
            .describe("Names of Secrets in the namespace `argocd`, with logins for registries, that others make.")
            .default([]),
        nodeSelector: z
            .record(
                z.string().refine(isLabelKey, notKey),
                z.string("the value of a label must be text. Put it in quotes").refine(isLabelValue, notValue),
            )
            .meta({ description: "Labels of the nodes on which the pods run.", examples: [{ pool: "platform" }] })
            .default({}),
        tolerations: z.array(toleration).describe("Taints of nodes on which the pods may run.").default([]),
        priorityClass: dnsName("a PriorityClass", "platform")
            .describe("Name of an existing PriorityClass. The default with `availability: ha` is the program's, `argocd`.")
            .optional(),
        proxy: z
            .strictObject({
                url: proxyUrlSchema.unwrap().describe("URL of the proxy."),
                noProxy: z
                    .array(text("a host", ".internal.example.com"))
                    .describe("Hosts, domains and networks to reach without the proxy, besides those inside the hub.")
                    .default([]),
            })
            .describe("HTTP proxy for Git, registries, notifications, sign-on, and spokes that `noProxy` does not name.")
            .optional(),
        env: plainVariables(environmentVariable)
            .meta({ description: "Environment variables, without secrets.", examples: [{ AWS_REGION: "eu-west-1" }] })
            .default({}),
        secretEnv: z
            .record(environmentVariable, secret)
            .meta({
                description:
                    "Environment variables whose values are secrets. The program writes them to the Secret `argocd-env`.",
                examples: [{ HELM_REGISTRY_TOKEN: { secure: "v1:…" } }],
            })
            .default({}),
    })
    .superRefine(({ env, secretEnv }, context) => {
        for (const { name, message } of twiceIn(env, secretEnv)) {
            context.addIssue({ code: "custom", path: ["env", name], message });
        }
    })
    .describe("What Argo CD's pods need on the hub; see docs/pods.md.")
    .prefault({});

/** What Argo CD's pods need on the hub. */
export type PodSettings = z.output<typeof pods>;
