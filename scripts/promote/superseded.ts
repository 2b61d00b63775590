import { pinIn, promotionKey } from "../../clusters/promotions";
import { InputError } from "../../settings/inputError";
import { pinOf, pinText } from "../../settings/pins";
import type { EnvironmentStack } from "../support/stacks";
import { clustersWith, recordOn } from "./target";

/**
 * Refuses a revision to which clusters would go back: a promotion has replaced it there, such as one from another
 * environment that this one's source has not had.
 *
 * @throws InputError that names the clusters, both revisions, the time, and how to go back on purpose
 */
export async function refuseSuperseded(
    target: EnvironmentStack,
    application: string,
    revision: string,
): Promise<void> {
    const { existing, moved } = await recordOn(target);
    const lines = clustersWith(target, application).flatMap((cluster) => {
        const promotion = moved[promotionKey({ application, cluster })];
        if (promotion === undefined || !promotion.superseded.includes(revision)) {
            return [];
        }
        const registration = existing.find((one) => one.cluster === cluster);
        const spoke = target.settings.clusters[cluster];
        const filePin = spoke === undefined ? {} : pinOf(spoke, application);
        const hasIt = pinText(pinIn(registration?.annotations ?? {}, application)) === revision;
        const isMeant = pinText(filePin) === revision && filePin.rollbackFrom === promotion.revision;
        return hasIt || isMeant ? [] : [`\n  ${cluster}: by ${promotion.revision} at ${promotion.at}`];
    });
    if (lines.length > 0) {
        throw new InputError(
            `${target.stack}: a promotion has replaced ${revision} on clusters that would go back to it, so nothing was ` +
                `changed:${lines.join("")}\nPromote a later revision, or add --allow-superseded to go back on purpose`,
        );
    }
}
