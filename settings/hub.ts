import { z } from "zod";
import { agent } from "./agent";
import { alerts } from "./alerts";
import { applicationProblems, applications, applicationsOf } from "./applications";
import { automaticProblems } from "./automaticMove";
import { certificates, entranceProblems, ingress } from "./certificates";
import { chart } from "./chart";
import { connection } from "./connection";
import { hubPermissionsProblems, hubPermissionsSchema } from "./credentials";
import { protectedEnvironments, rollout, rolloutProblems, syncWindows } from "./delivery";
import { egress, egressProblems } from "./egress";
import { federation } from "./federation";
import { identity } from "./identity";
import { impersonation, impersonationProblems } from "./impersonation";
import { gitProblems } from "./gitProblems";
import { dnsLabel, dnsName, domain, flag, noNumber } from "./kinds";
import { hubLabels } from "./labels";
import { otherSources } from "./otherSources";
import { pods } from "./pods";
import { previewers } from "./previewers";
import { redisTls, redisTlsProblems } from "./redisTls";
import { gitCertificates, knownHosts, repository, webhooks } from "./repositories";
import { scale } from "./scale";
import { signOn } from "./signOn";
import { sourceIntegrity } from "./sourceIntegrity";
import { traffic } from "./traffic";
import { trafficProblems } from "./usersName";

/** Settings of the stack whose role is `hub`. */
export const hubSettings = z.strictObject({
    role: z.literal("hub").describe("Role of the stack."),
    lab: flag.describe("This hub is for tests: `pulumi destroy` can delete it.").prefault(false),
    protect: flag
        .describe("Protect Argo CD from `pulumi destroy`. The default is `true`; with `lab: true` it is `false`.")
        .optional(),
    cluster: connection.describe("The cluster of the hub. Set exactly one of `context` and `kubeconfig`."),
    domain: domain.describe("DNS domain of the fleet. Argo CD is `argocd.<domain>`."),
    chart: chart.default({}),
    adoptedRelease: noNumber(dnsName("a Helm release", "argo-cd"))
        .describe(
            "Name of the Helm release of Argo CD that the hub had in the namespace `argocd`. The program adopts it, with " +
                "the namespace, and keeps Argo CD's own passwords; `npm run adopt -- hub` sets this. The default is a " +
                "new release `argocd`.",
        )
        .optional(),
    availability: z
        .enum(["ha", "single"], 'must be "ha", or "single" for a lab. Write one of these')
        .describe("`ha` runs several replicas of Argo CD and needs three nodes. `single` runs one replica, for tests.")
        .default("ha"),
    fleet: z
        .enum(["small", "medium", "large"], 'must be "small", "medium" or "large". Write one')
        .describe(
            "Size of the fleet: about 50, 200 or 500 clusters. It sets the defaults of `scale`; see docs/scale.md.",
        )
        .default("small"),
    scale: scale.prefault({}),
    access: signOn.prefault({}),
    identity,
    federation,
    pods,
    metrics: z
        .strictObject({
            serviceMonitors: z.union(
                [flag, z.literal("auto")],
                'must be true, false or "auto" (ask the hub). Write one of these',
            ).describe("Create ServiceMonitors. `auto` creates them if the hub has the Prometheus operator."),
        })
        .describe("Metrics of Argo CD.")
        .default({ serviceMonitors: "auto" }),
    agent: agent.optional(),
    applications,
    impersonation,
    repositories: z
        .record(dnsLabel("a repository's name", "agent"), repository)
        .describe(
            "Private Git repositories, by a name of your choice. Set exactly one of `token`, `sshKey` and `githubApp` for each.",
        )
        .default({}),
    knownHosts: knownHosts.default(""),
    gitCertificates,
    webhooks: webhooks.default({}),
    sourceIntegrity,
    egress,
    redisTls,
    certificates,
    ingress,
    rollout,
    syncWindows,
    protectedEnvironments,
    previewers,
    alerts,
    traffic,
    labels: hubLabels.describe("Labels of the hub's own cluster Secret.").prefault({}),
    permissions: hubPermissionsSchema,
    otherSources,
    defaultProject: z
        .enum(["locked", "unmanaged"], 'must be "locked" or "unmanaged". Write one of these')
        .describe(
            "Argo CD's AppProject `default`, which allows everything to everyone who may create an Application in it. " +
                "`locked`: it allows nothing. `unmanaged`: the program leaves it as it is.",
        )
        .default("locked"),
}).superRefine((given, context) => {
    const contradictions = [
        ...applicationProblems(given),
        ...entranceProblems(given),
        ...egressProblems(given),
        ...gitProblems(given),
        ...redisTlsProblems(given),
        ...rolloutProblems(given),
        ...trafficProblems(given),
        ...automaticProblems(given),
        ...hubPermissionsProblems(given),
        ...impersonationProblems(given),
    ];
    for (const { path, message } of contradictions) {
        context.addIssue({ code: "custom", path: [...path], message });
    }
}).transform(({ agent, applications, ...given }) => {
    return { ...given, applications: applicationsOf({ agent, applications }) };
});

/** Settings of the stack whose role is `hub`. */
export type HubSettings = z.output<typeof hubSettings>;
