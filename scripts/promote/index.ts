/**
 * Promotes the proved revision of one environment to another, whose stack file pins it:
 *
 *     npm run promote -- --from staging --to prod [--application agent] [--timeout 15m]
 *
 * The names are those of stacks; with several applications, one must be named. It changes nothing unless the
 * application is Synced and Healthy in the first environment, at one revision, for the hub's `rollout.soak`. Then it
 * changes the pins of the second one, brings up its cluster Secrets, and waits until the application is Synced and
 * Healthy there too: on all clusters at once, or in the rings of its `rollout`. It deploys no other pending change of
 * the stack, and refuses if anything but the pin would change in the Secrets. The hub records the promotion before and
 * after. After an interruption, run it again: it continues. A cluster in quarantine gets the pin, and the revision when
 * that is lifted.
 *
 * For a release in rings that has begun:
 *
 *     npm run promote -- --to prod --pause | --resume | --approve | --back | --status
 */
import { milliseconds } from "../../settings/duration";
import { main, say } from "../support/main";
import { type EnvironmentStack, environmentStack } from "../support/stacks";
import { promoteAtOnce } from "./atOnce";
import { provedRevision } from "./checks";
import { optionsIn } from "./options";
import { actOnRelease, promoteInRings } from "./rings";
import { applicationNamed, expectedOf, found } from "./target";

async function promote(args: string[]): Promise<void> {
    const { to, does, timeout, ...named } = optionsIn(args);
    const target = await environmentStack(to);
    if (target.rollout.strategy !== "pinned") {
        throw new Error('the hub\'s rollout is "rolling": Argo CD promotes by itself, so there is no pin to change');
    }
    const application = applicationNamed(named.application, target);
    if ("action" in does) {
        return actOnRelease(target, application, does.action, timeout);
    }
    const source = await environmentStack(does.from);
    const proved = () => proveFor(target, source, application);
    const { rollout } = target.settings;
    return rollout === undefined
        ? promoteAtOnce(target, application, await proved(), timeout)
        : promoteInRings(target, application, { proved, rollout, timeout });
}

/** The revision that the source has proved for the target. */
async function proveFor(target: EnvironmentStack, source: EnvironmentStack, application: string): Promise<string> {
    const { soak } = target.rollout;
    const applications = await found(source, application);
    const expected = expectedOf(source, application);
    const revision = provedRevision(source.stack, expected, applications, Date.now(), milliseconds(soak));
    const proof = `${application} on ${source.stack} is Synced and Healthy at ${revision} for ${soak} or more`;
    say(`${proof}: promoting it to ${target.stack}`);
    return revision;
}

main(module, promote);
