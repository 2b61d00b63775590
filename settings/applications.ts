import { z } from "zod";
import { type AgentSettings, gitUrl } from "./agent";
import { agentKey } from "./agentKey";
import { applicationName, applicationNamespace } from "./applicationNames";
import { environmentName } from "./delivery";
import { flag, text } from "./kinds";
import { isLabelKey, isLabelValue } from "./labels";

const labelText = z
    .string("the value of a label must be text. Put it in quotes")
    .refine(isLabelValue, 'is not a valid label value. Write for example "true"');

const labelKey = z.string().refine(isLabelKey, 'is not a valid label key. Write for example "gpu"');

const expression = z
    .strictObject({
        key: labelKey.meta({ description: "Key of the label.", examples: ["gpu"] }),
        operator: z
            .enum(["In", "NotIn", "Exists", "DoesNotExist"], 'must be "In", "NotIn", "Exists" or "DoesNotExist". Write one')
            .describe("How the label is compared, as in a label selector of Kubernetes."),
        values: z.array(labelText).meta({ description: "Values for `In` and `NotIn`.", examples: [["true"]] }).default([]),
    })
    .refine(({ operator, values }) => operator.endsWith("In") === values.length > 0, {
        path: ["values"],
        error: "must have a value for In and NotIn, and none for Exists and DoesNotExist. Correct it",
    });

const labelMap = z.record(labelKey, labelText);

const selector = z
    .union(
        [
            labelMap,
            z.strictObject({
                matchLabels: labelMap
                    .meta({ description: "Labels that a cluster must have.", examples: [{ gpu: "true" }] })
                    .default({}),
                matchExpressions: z.array(expression).describe("Conditions on labels; a cluster must meet all.").default([]),
            }),
        ],
        'is not a label selector. Write labels, such as `{ gpu: "true" }`, or matchLabels and matchExpressions',
    )
    .meta({
        description:
            "Clusters that get the application, by the labels of their cluster Secrets: a map of labels, or `matchLabels` " +
            "and `matchExpressions` as in Kubernetes. The default is every cluster.",
        examples: [{ gpu: "true" }],
    })
    .default({});

/** A label selector of Kubernetes. */
export interface Selector {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly {
        readonly key: string;
        readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
        readonly values?: readonly string[];
    }[];
}

/** A chart in an OCI registry, or in a Helm repository: the last part of the path is the chart's name. */
const chartUrl = text("a chart's URL", "oci://ghcr.io/example/charts/retriever")
    .regex(
        /^(oci|https?):\/\/[^/@?#\s]+(\/[^/@?#\s]+)+$/,
        "is not the URL of a chart. Write oci://REGISTRY/PATH/NAME, or https://REPOSITORY/NAME for a Helm repository",
    );

const exactVersion = text("the chart's version", "1.4.2").regex(
    /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/,
    'must be an exact version, so that a new one does not arrive by itself. Write for example "1.4.2"',
);

const namedKind = z.strictObject({
    group: z
        .string("is not text")
        .meta({ description: "API group; `\"\"` is the core group.", examples: ["apiextensions.k8s.io"] }),
    kind: text("a kind", "CustomResourceDefinition").describe("The kind, as in a manifest."),
    resource: text("the plural of the kind", "customresourcedefinitions")
        .regex(/^[a-z0-9.-]+$/, 'is not a resource\'s name. Write for example "customresourcedefinitions"')
        .describe("The kind's resource, as `kubectl api-resources` prints it."),
});

const valuesFrom = z
    .strictObject({
        repository: gitUrl.describe("Git repository with the values files."),
        path: text("the folder of the values files", "retriever")
            .describe("Folder with `values.yaml` and `values-<environment>.yaml`."),
        revision: text("a branch, tag or commit", "main")
            .describe("Branch, tag or commit for every cluster without its own.")
            .default("main"),
    })
    .describe("Values files in Git, for a chart that is somewhere else. Not for `agent`.");

const anyValues = z.record(z.string(), z.unknown(), "must be a map of the chart's values");

const application = z
    .strictObject({
        repository: gitUrl.describe("Git repository with the Helm chart. Set this or `chart`.").optional(),
        path: text("the chart's folder", "helm").describe("Folder of the chart in the repository. The default is `helm`.").optional(),
        revision: text("a branch, tag or commit", "main")
            .describe("Branch, tag or commit of `repository`, for every cluster without its own. The default is `main`.")
            .optional(),
        chart: chartUrl
            .meta({ description: "Chart in an OCI registry (`oci://…`) or a Helm repository (`https://…/<name>`).", examples: ["oci://ghcr.io/example/charts/retriever"] })
            .optional(),
        version: exactVersion.describe("Version of `chart`, for every cluster without its own.").optional(),
        values: valuesFrom.optional(),
        valuesObject: z
            .strictObject({
                all: anyValues.describe("Values for every environment.").optional(),
                environments: z
                    .record(environmentName, anyValues)
                    .meta({ description: "Values by environment. They override `all`.", examples: [{ prod: { replicas: 3 } }] })
                    .default({}),
            })
            .describe(
                "Values of the chart, without secrets: they are plain text on the hub and in the state. A chart in Git then " +
                    "needs no values file for each environment.",
            )
            .optional(),
        namespace: applicationNamespace.describe(
            "Namespace of the application on every cluster. No other application may have it.",
        ),
        selector,
        facts: flag
            .describe(
                "Give the chart the cluster's name, environment, region and domain (docs/agent.md). Other charts refuse or " +
                    "ignore these values. The default is `true` for `agent`. It excludes `valuesObject`.",
            )
            .optional(),
        traffic: flag
            .describe("The application for which a failover moves users; one at most. The default is `true` for `agent`.")
            .optional(),
        secrets: flag
            .describe(
                "The chart creates Secrets. Argo CD's account may then read the Secrets in the namespaces of all " +
                    "applications on the same cluster, and in those of its `permissions.namespaces`.",
            )
            .default(false),
        clusterKinds: z
            .array(namedKind)
            .describe("Kinds in no namespace that the chart creates. Argo CD's account gets full rights on exactly these.")
            .default([]),
        kinds: z
            .array(namedKind)
            .meta({
                description:
                    "Kinds in the namespace whose resource `npm run rules` guesses wrong: it takes the English plural where " +
                    "the chart has no CustomResourceDefinition.",
                examples: [[{ group: "cache.example.com", kind: "Redis", resource: "redis" }]],
            })
            .default([]),
        deliver: flag
            .describe(
                "`false` removes the application from each cluster at the next `pulumi up` of its environment. Then it can " +
                    "be taken out of the settings.",
            )
            .default(true),
    })
    .superRefine((given, context) => {
        for (const { path, message } of sourceProblems(given)) {
            context.addIssue({ code: "custom", path, message });
        }
    });

interface Given {
    readonly repository?: string | undefined;
    readonly path?: string | undefined;
    readonly revision?: string | undefined;
    readonly chart?: string | undefined;
    readonly version?: string | undefined;
    readonly values?: object | undefined;
}

function sourceProblems({ repository, path, revision, chart, version, values }: Given) {
    if ((repository === undefined) === (chart === undefined)) {
        return [{ path: [], message: "must have exactly one of repository (a chart in Git) and chart. Keep one" }];
    }
    const needless = chart === undefined ? { version } : { path, revision };
    const kind = chart === undefined ? "chart" : "repository";
    return [
        ...Object.entries(needless)
            .filter(([, value]) => value !== undefined)
            .map(([key]) => ({ path: [key], message: `is for ${kind}, which is not set. Remove it` })),
        ...(chart !== undefined && version === undefined
            ? [{ path: ["version"], message: 'is missing. Write the version of the chart, for example "1.4.2"' }]
            : []),
        ...(chart === undefined && values !== undefined
            ? [{ path: ["values"], message: "is for a chart that is not in Git. Put the values files beside the chart" }]
            : []),
    ];
}

export const applications = z
    .record(applicationName, application)
    .describe(
        "The applications that Argo CD delivers, by name. `agent` alone, outside of this map, is the same as an " +
            "application `agent` in it. See docs/applications.md.",
    )
    .default({});

/** Where an application's chart is: in Git, or a version in a registry or a Helm repository, with its values files. */
export type Source =
    | { readonly repository: string; readonly path: string; readonly revision: string }
    | {
          /** Repository or registry without the chart's name, as Argo CD takes it: without `oci://`. */
          readonly charts: string;
          readonly chart: string;
          readonly oci: boolean;
          readonly version: string;
          readonly values: z.output<typeof valuesFrom> | undefined;
      };

/** The repositories of a source, by the URLs that its Applications have. */
export function urlsOf(source: Source): string[] {
    if ("repository" in source) {
        return [source.repository];
    }
    return [source.charts, ...(source.values === undefined ? [] : [source.values.repository])];
}

/** An application with all its defaults. */
export interface ApplicationSettings {
    readonly name: string;
    readonly source: Source;
    readonly valuesObject?: z.output<typeof application>["valuesObject"];
    readonly namespace: string;
    readonly selector: Selector;
    readonly facts: boolean;
    readonly traffic: boolean;
    readonly secrets: boolean;
    readonly clusterKinds: readonly z.output<typeof namedKind>[];
    readonly kinds: readonly z.output<typeof namedKind>[];
    readonly deliver: boolean;
}

/** The settings of a hub's stack that name its applications. */
export interface GivenApplications {
    readonly agent?: AgentSettings | undefined;
    readonly applications: Readonly<Record<string, z.output<typeof application>>>;
}

/** What `agent` alone does not say. */
const defaults = application.parse({ repository: "https://example.com/agent.git", namespace: agentKey });

/** All applications: `agent` alone is an application of that name, and the first. */
export function applicationsOf({ agent, applications }: GivenApplications): ApplicationSettings[] {
    const alone: typeof applications = agent === undefined ? {} : { [agentKey]: { ...defaults, ...agent } };
    return Object.entries({ ...alone, ...applications }).map(([name, given]) => {
        const { valuesObject, namespace, selector, secrets, clusterKinds, kinds, deliver } = given;
        const { facts = name === agentKey, traffic = name === agentKey } = given;
        return {
            name,
            source: sourceOf(given),
            selector: selectorOf(selector),
            ...(valuesObject && { valuesObject }),
            ...{ namespace, facts, traffic, secrets, clusterKinds, kinds, deliver },
        };
    });
}

function selectorOf(given: z.output<typeof selector>): Selector {
    const isStructured = Array.isArray(given.matchExpressions);
    return isStructured
        ? given
        : { matchLabels: given as Readonly<Record<string, string>>, matchExpressions: [] };
}

function sourceOf(given: z.output<typeof application>): Source {
    const { repository, path = "helm", revision = "main", chart = "", version = "", values } = given;
    if (repository !== undefined) {
        return { repository, path, revision };
    }
    const oci = chart.startsWith("oci://");
    const end = chart.lastIndexOf("/");
    const charts = chart.slice(oci ? "oci://".length : 0, end);
    return { charts, chart: chart.slice(end + 1), oci, version, values };
}

/** Each Git repository that the settings of the applications name, with the setting's path. */
export function repositoriesIn({ agent, applications }: GivenApplications) {
    const named = Object.entries(applications).flatMap(([name, { repository, values }]) => [
        { path: ["applications", name, "repository"], url: repository },
        { path: ["applications", name, "values", "repository"], url: values?.repository },
    ]);
    return [{ path: ["agent", "repository"], url: agent?.repository }, ...named].flatMap(({ path, url }) =>
        url === undefined ? [] : [{ path, url }],
    );
}

/** The application for which a failover moves users; undefined if there is none. */
export function followedApplication(all: readonly ApplicationSettings[]): ApplicationSettings | undefined {
    return all.find(({ traffic }) => traffic);
}

/** Whether a selector matches the labels of a cluster Secret (kubernetes.io/docs, "Labels and Selectors"). */
export function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
    const { matchLabels = {}, matchExpressions = [] } = selector;
    const meets = ({ key, operator, values = [] }: (typeof matchExpressions)[number]): boolean => {
        const value = labels[key];
        switch (operator) {
            case "In":
                return values.some((one) => one === value);
            case "NotIn":
                return values.every((one) => one !== value);
            case "Exists":
                return value !== undefined;
            case "DoesNotExist":
                return value === undefined;
        }
    };
    return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every(meets);
}
