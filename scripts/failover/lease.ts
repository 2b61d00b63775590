import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** A Kubernetes Lease (coordination.k8s.io/v1): the fields that this program reads. */
export interface Lease {
    readonly metadata: { readonly resourceVersion: string };
    readonly spec: {
        /** Empty if it is free. */
        readonly holderIdentity?: string;
        readonly acquireTime?: string;
        readonly renewTime?: string;
        readonly leaseDurationSeconds?: number;
    };
}

/** This machine's monotonic clock, in milliseconds. */
export interface Clock {
    readonly now: () => number;
    readonly sleep: (ms: number) => Promise<void>;
}

export const clock: Clock = { now: () => performance.now(), sleep: (ms) => sleep(ms) };

const pollMs = 1_000;

/** The result of watching a lease: free, after how long, or in use. */
export type Watched = { readonly free: Lease | undefined; readonly watchedSeconds: number } | { readonly held: Lease };

/**
 * Watches a lease until it is free, like a candidate in client-go's leader election (client-go,
 * tools/leaderelection/leaderelection.go, `observedTime`): a lease expires after this machine has seen no change of it
 * for its duration. The times in the lease are ignored, because the holder's clock may be wrong. A released lease is
 * free immediately. A lease that changes during the watch is in use.
 *
 * @param read reads the lease; undefined if there is none
 * @param seconds the duration, for a lease without one
 * @param begun is called once, with the maximum duration of the watch
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
