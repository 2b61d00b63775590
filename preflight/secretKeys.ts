import * as pulumi from "@pulumi/pulumi";

/** Whether a setting contains an encrypted value, as Pulumi's engine tells its language host. */
export function isEncrypted(setting: string): boolean {
    const keys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
    return keys.includes(`${pulumi.getProject()}:${setting}`);
}
