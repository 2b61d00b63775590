/**
 * Promotes the proved revision of one environment to another, whose stack file pins it:
 *
 *     npm run promote -- --from staging --to prod [--application agent] [--timeout 15m] [--allow-superseded]
 *
 * The names are those of stacks; with several applications, one must be named. It changes nothing unless the
 * application is Synced and Healthy in the first environment, at one revision, for the hub's `rollout.soak`. Then it
 * changes the pins of the second one, brings up its cluster Secrets, and waits until the application is Synced and
 * Healthy there too: on all clusters at once, or in the rings of its `rollout`. It deploys no other pending change of
 * the stack, and refuses if anything but the pin would change in the Secrets. The hub records the promotion before and
 * after. After an interruption, run it again: it continues. A cluster in quarantine gets the pin, and the revision when
 * that is lifted. A revision that a promotion has replaced on a cluster is refused; `--allow-superseded` goes back to
 * it on purpose.
 *
 * For a release in rings that has begun:
 *
 *     npm run promote -- --to prod --pause | --resume | --approve | --back | --status
 */
import { usualTimeout } from "../../clusters/releases";
import { main } from "../support/main";
import { promoteAtOnce } from "./atOnce";
import { optionsIn } from "./options";
import { proveFor } from "./prove";
import { actOnRelease, promoteInRings } from "./rings";
import { applicationNamed, clustersToPromote, environmentNamed } from "./target";

/** Does what the arguments say. */
export async function promote(args: string[]): Promise<void> {
    const { to, does, timeout, ...named } = optionsIn(args);
    const target = await environmentNamed("to", to);
    if (target.rollout.strategy !== "pinned") {
        throw new Error('the hub\'s rollout is "rolling": Argo CD promotes by itself, so there is no pin to change');
    }
    const application = applicationNamed(named.application, target);
    if ("action" in does) {
        return actOnRelease(target, application, does.action, timeout);
    }
    clustersToPromote(target, application);
    const source = await environmentNamed("from", does.from);
    const proved = () => proveFor(target, source, application, does.allowSuperseded);
    const { rollout } = target.settings;
    return rollout === undefined
        ? promoteAtOnce(target, application, await proved(), timeout ?? usualTimeout)
        : promoteInRings(target, application, { proved, rollout, timeout });
}

main(module, promote);
