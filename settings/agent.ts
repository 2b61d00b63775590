import { z } from "zod";
import { agentNamespace } from "./applicationNames";
import { text } from "./kinds";

/** A Git repository, as Git and Argo CD read its URL. */
export const gitUrl = text("the URL of a Git repository", "https://github.com/example/agent.git")
    .regex(/^(https?:\/\/|ssh:\/\/|[\w.+-]+@)\S+$/, "is not a valid Git URL. Write https://…, ssh://… or git@host:path")
    .refine(
        (url) => !/^https?:\/\/[^/]*@/.test(url),
        "contains a credential, and a stack file is in Git. Remove the credential",
    );

export const agent = z.strictObject({
    repository: gitUrl.describe("Git repository with the agent's Helm chart."),
    path: text("the chart's folder", "helm").describe("Folder of the chart in the repository.").default("helm"),
    revision: text("a branch, tag or commit", "main")
        .describe("Branch, tag or commit for every cluster without its own `revision`.")
        .default("main"),
    namespace: agentNamespace.describe("Namespace of the agent on every spoke.").default("agent"),
}).describe("The agent: where its chart is, and where Argo CD installs it.");

/** Where the agent's chart is, and the namespace on every spoke into which Argo CD installs it. */
export type AgentSettings = z.output<typeof agent>;
