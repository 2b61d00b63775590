import type { Release } from "../../../clusters/releases";
import { overtakenIn } from "./advance";
import type { ByCluster, Move, Rules, World } from "./world";

/** How often the pins are tried to move, when another cluster died each time. */
const attempts = 3;

/** What a step was decided by has changed: the release, or the pin of a cluster. */
class Outdated extends Error {}

/**
 * Moves pins as a step of a release, beside dead clusters. Each change of the hub comes directly after a look at it:
 * during the previews, which take minutes, another process may have taken the release over, a person may have paused
 * it, or a cluster that it has moved or moves now may have got another revision.
 *
 * @returns whether the pins moved; if not, the step is to be decided anew
 */
export async function moveAsOwn(
    world: World,
    { runner }: Rules,
    release: Release,
    move: Omit<Move, "dead" | "ready">,
    dead: ByCluster,
): Promise<boolean> {
    const ready = async () => {
        const now = await world.read();
        const isOwn = now?.runner === runner && now.state === release.state;
        if (!isOwn || overtakenIn(release, await world.pins()).some((name) => release.moved.includes(name))) {
            throw new Outdated("the release or a pin has changed meanwhile");
        }
    };
    try {
        await withoutDead(world, dead, (known) => world.move({ ...move, dead: known, ready }));
        return true;
    } catch (error) {
        if (error instanceof Outdated) {
            return false;
        }
        throw error;
    }
}

/**
 * Runs a change of the stack beside dead clusters. Each preview connects to every other cluster, so one that died
 * meanwhile fails it.
 */
async function withoutDead(
    world: World,
    dead: ByCluster,
    work: (dead: readonly string[]) => Promise<void>,
): Promise<void> {
    let known = dead;
    for (let attempt = 1; ; attempt += 1) {
        try {
            return await work(Object.keys(known));
        } catch (error) {
            const now = await world.dead(0);
            const isNew = Object.keys(now).some((name) => !(name in known));
            if (error instanceof Outdated || attempt === attempts || !isNew) {
                throw error;
            }
            known = now;
        }
    }
}
