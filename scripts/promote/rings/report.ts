import type { Release } from "../../../clusters/releases";

/** The present ring in words. */
export function ringName({ ring, rings }: Pick<Release, "ring" | "rings">): string {
    return `ring ${ring + 1} of ${rings.length}`;
}

/** Why a release does not go on, and what to do. */
export function overtakenLine({ revision }: Release, names: readonly string[], command: string): string {
    const what = `${names.join(", ")} got another revision after the release of ${revision} had begun`;
    return `${what}. To end the release, which leaves that as it is: ${command} --back`;
}

/** What a release is at, for a person, with what to run next. */
export function summary(release: Release, command: string): string[] {
    const { skipped, failed, why } = release;
    const listed = (what: string, all: Readonly<Record<string, string>>) =>
        Object.entries(all).map(([name, reason]) => `  ${what} ${name}: ${reason.replace(`${name}: `, "")}`);
    return [heading(release, command), why ?? [], listed("skipped", skipped), listed("failed", failed)].flat();
}

function heading(release: Release, command: string): string {
    const { state, revision, moved, rings, ring } = release;
    const all = rings.flatMap(({ clusters }) => clusters).length;
    const size = [...(rings[ring]?.clusters ?? []), ...(rings[ring]?.has ?? [])].length;
    const at = `in ${ringName(release)}: ${moved.length} of ${all} clusters have it`;
    const goOn = `To go on: ${command} --resume. To take it back: ${command} --back`;
    switch (state) {
        case "running":
            return `The release of ${revision} is ${at}. ${goOn}`;
        case "approval":
            return `${ringName(release)} (${size} clusters) needs an approval of ${revision}: ${command} --approve`;
        case "paused":
            return `The release of ${revision} is paused ${at}. ${goOn}`;
        case "going back":
            return `The release of ${revision} is going back. To go on: ${command} --resume`;
        case "done":
            return `The release of ${revision} is done: ${moved.length} of ${all} clusters have it`;
        case "back":
            return `The release of ${revision} was taken back: its clusters have the revisions that they had`;
    }
}
