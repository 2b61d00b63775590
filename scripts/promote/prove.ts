import { milliseconds } from "../../settings/duration";
import { say } from "../support/main";
import type { EnvironmentStack } from "../support/stacks";
import { provedRevision } from "./checks";
import { refuseSuperseded } from "./superseded";
import { expectedOf, found } from "./target";

/**
 * The revision that the source has proved for the target.
 *
 * @param allowSuperseded whether clusters of the target may go back to a revision that a promotion has replaced there
 * @throws Error that says which condition is not met
 */
export async function proveFor(
    target: EnvironmentStack,
    source: EnvironmentStack,
    application: string,
    allowSuperseded: boolean,
): Promise<string> {
    const { soak } = target.rollout;
    const applications = await found(source, application);
    const expected = expectedOf(source, application);
    const revision = provedRevision(source.stack, expected, applications, Date.now(), milliseconds(soak));
    if (!allowSuperseded) {
        await refuseSuperseded(target, application, revision);
    }
    const proof = `${application} on ${source.stack} is Synced and Healthy at ${revision} for ${soak} or more`;
    say(`${proof}: promoting it to ${target.stack}`);
    return revision;
}
