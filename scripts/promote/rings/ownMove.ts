import type { Release } from "../../../clusters/releases";
import type { ByCluster, Move, Rules, World } from "./world";

/** How often the pins are tried to move, when another cluster died each time. */
const attempts = 3;

/** The step was decided before another process took the release over, or a person paused it. */
class Outdated extends Error {}

/**
 * Moves pins as a step of a release, beside dead clusters. Each change of the hub comes directly after a look at the
 * release: previews take minutes, in which another process may have taken it over, or a person may have paused it.
 *
 * @returns whether the pins moved; else the record of the release is another one now
 */
export async function moveAsOwn(
    world: World,
    { runner }: Rules,
    { state }: Release,
    move: Omit<Move, "dead" | "ready">,
    dead: ByCluster,
): Promise<boolean> {
    const ready = async () => {
        const now = await world.read();
        if (now?.runner !== runner || now.state !== state) {
            throw new Outdated("the release has changed meanwhile");
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
