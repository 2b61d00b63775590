import type { HubSettings } from "../settings/hub";
import { isEncrypted } from "./secretKeys";

/**
 * Refuses an encrypted value where the values of applications would be plain text.
 *
 * @throws Error that names each setting and the remedy
 */
export function refuseSecretValues({ applications }: Pick<HubSettings, "applications">): void {
    const open = applications.filter(({ valuesObject }) => valuesObject !== undefined);
    if (open.length > 0 && isEncrypted("applications")) {
        const problems = open.map(
            ({ name }) =>
                `hubspoke:applications.${name}.valuesObject: hubspoke:applications contains a secret, and values are plain ` +
                "text in the ApplicationSet, the state and every diff. Encrypt nothing there: have the chart read a Secret " +
                "that is there already, for example by External Secrets (docs/secrets.md)",
        );
        throw new Error(problems.join("\n  "));
    }
}
