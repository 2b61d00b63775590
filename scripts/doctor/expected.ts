/**
 * The repository settings that the workflows read. docs/pull-requests.md explains them, and a test compares the two.
 */

/** A workflow that works on clusters, and the environments of its jobs. */
export interface Workflow {
    readonly file: string;
    /** The variable that turns it on. */
    readonly variable: string;
    readonly environments: readonly string[];
}

export const workflows: readonly Workflow[] = [
    { file: "preview.yml", variable: "HUBSPOKE_PREVIEW", environments: ["preview"] },
    { file: "deploy.yml", variable: "HUBSPOKE_DEPLOY", environments: ["hub", "staging", "prod", "dr"] },
    { file: "drift.yml", variable: "HUBSPOKE_DRIFT", environments: ["drift"] },
    { file: "rotate.yml", variable: "HUBSPOKE_ROTATE", environments: ["rotation"] },
    { file: "failover.yml", variable: "HUBSPOKE_FAILOVER", environments: ["failover"] },
];

/** Environments with required reviewers: their jobs give an author's code the secrets, or change production. */
export const reviewed: readonly string[] = ["preview", "hub", "prod", "dr"];

/** Environments that any branch may use, because reviewers read the code first; all others have write access. */
export const anyBranch: readonly string[] = ["preview"];

/** Workflows that open a pull request for what they changed; the last has no variable that turns it on. */
export const proposing: readonly string[] = ["rotate.yml", "failover.yml", "tools-lock.yml"];

/** Variables for the login to a cloud: the first one enables it, and the others are then required. */
export const clouds = {
    aws: ["AWS_ROLE_ARN", "AWS_REGION"],
    gcp: ["GCP_WORKLOAD_IDENTITY_PROVIDER"],
    azure: ["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"],
} as const;

/** Variables and secrets that only some setups need. */
export const optional = {
    variables: ["AGENT_REPOSITORY", "CLUSTERS", "GCP_SERVICE_ACCOUNT", "HUBSPOKE_RELEASE", "PULUMI_BACKEND_URL"],
    secrets: ["AGENT_TOKEN", "KUBECONFIG", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE"],
} as const;
