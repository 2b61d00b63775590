import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** A Lease of Kubernetes (coordination.k8s.io/v1), as far as this program reads it. */
export interface Lease {
    readonly metadata: { readonly resourceVersion: string };
    readonly spec: {
        /** Empty where nobody holds it. */
        readonly holderIdentity?: string;
        readonly acquireTime?: string;
        readonly renewTime?: string;
        readonly leaseDurationSeconds?: number;
    };
}

/** Time as it passes on this machine, in milliseconds; no calendar's. */
export interface Clock {
    readonly now: () => number;
    readonly sleep: (ms: number) => Promise<void>;
}

export const clock: Clock = { now: () => performance.now(), sleep: (ms) => sleep(ms) };

const pollMs = 1_000;

/** How the watch of a lease ended: free, after how long, or in use. */
export type Watched = { readonly free: Lease | undefined; readonly watchedSeconds: number } | { readonly held: Lease };

/**
 * Watches a lease until it is free, as a challenger in client-go's leader election does (client-go,
 * tools/leaderelection/leaderelection.go, `observedTime`): what counts is for how long this machine has seen no change
 * of it. The times in the lease are the holder's, whose clock may be wrong, and are not looked at. A lease that its
 * holder has released is free at once, and one that changes under the watch is in use.
 *
 * @param read the lease as it stands; undefined where there is none
 * @param seconds its duration, where it does not say
 * @param begun is told once that the watch takes up to so many seconds
 */
export async function watchUntilFree(
    read: () => Promise<Lease | undefined>,
    seconds: number,
    { now, sleep: pause }: Clock,
    begun: (held: Lease, seconds: number) => void,
): Promise<Watched> {
    const first = await read();
    if (!isHeld(first)) {
        return { free: first, watchedSeconds: 0 };
    }
    const observed = now();
    const duration = first.spec.leaseDurationSeconds ?? seconds;
    begun(first, duration);
    for (;;) {
        await pause(pollMs);
        const lease = await read();
        const watchedSeconds = (now() - observed) / 1000;
        if (!isHeld(lease)) {
            return { free: lease, watchedSeconds: 0 };
        }
        if (lease.metadata.resourceVersion !== first.metadata.resourceVersion) {
            return { held: lease };
        }
        if (watchedSeconds >= duration) {
            return { free: lease, watchedSeconds };
        }
    }
}

function isHeld(lease: Lease | undefined): lease is Lease {
    return lease !== undefined && (lease.spec.holderIdentity ?? "") !== "";
}
