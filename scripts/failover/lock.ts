import { randomUUID } from "node:crypto";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask, change } from "../../clusters/request";
import { say } from "../support/main";
import { type Clock, clock, type Lease, watchUntilFree } from "./lease";

/** A lock expires if its holder does not renew it for this time, in seconds. The API server may restart meanwhile. */
const leaseSeconds = 60;
const renewMs = 10_000;

const leaseName = "hubspoke-failover";

/** A lock on the hub: no other run moves users. */
export interface Lock {
    /** Fails if another run holds it now, for example after the hub was unavailable for long. */
    check(): Promise<void>;
    release(): Promise<void>;
}

/**
 * Waits until the lock is free. It watches a held lock for the lock's duration: a holder that renews it is alive.
 *
 * @returns the free lease; undefined if there is none
 * @throws Error that names the holder
 */
export async function waitUntilFree(
    hub: ClusterAddress,
    namespace: string,
    by: Clock = clock,
): Promise<Lease | undefined> {
    const outcome = await watchUntilFree(() => readLease(hub, namespace), leaseSeconds, by, (held, seconds) =>
        say(`the lock is held by ${describe(held)}. Checking for up to ${seconds} s whether that run still renews it`),
    );
    if ("held" in outcome) {
        throw taken(outcome.held);
    }
    if (outcome.watchedSeconds > 0) {
        say(`the run that held the lock is dead: it did not renew it for ${outcome.watchedSeconds.toFixed(0)} s`);
    }
    return outcome.free;
}

/**
 * Acquires the lock: a Lease on the hub, which is renewed until it is released.
 *
 * @param who the user who moves users, and the two clusters
 * @throws Error that names the holder
 */
export async function takeLock(hub: ClusterAddress, namespace: string, who: string): Promise<Lock> {
    const holder = `${who} (${randomUUID().slice(0, 8)})`;
    const before = await waitUntilFree(hub, namespace);
    const spec = {
        holderIdentity: holder,
        leaseDurationSeconds: leaseSeconds,
        acquireTime: microTime(),
        renewTime: microTime(),
    };
    const { status } =
        before === undefined
            ? await ask(hub, leases(namespace), {
                  method: "POST",
                  body: { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: leaseName }, spec },
              })
            : await ask(hub, lease(namespace), {
                  method: "PATCH",
                  // With the version that was read, only one of two concurrent runs succeeds.
                  body: { metadata: { resourceVersion: before.metadata.resourceVersion }, spec },
              });
    if (status === 409) {
        throw taken(await readLease(hub, namespace));
    }
    if (status !== 200 && status !== 201) {
        throw new Error(`the hub answers ${status} to the request for the failover's lock. Grant this identity rights on Leases (docs/failover.md)`);
    }

    const check = async () => {
        const current = await readLease(hub, namespace);
        if (current?.spec.holderIdentity !== holder) {
            throw taken(current);
        }
        return current.metadata;
    };
    const renew = async () => {
        const { resourceVersion } = await check();
        const body = { metadata: { resourceVersion }, spec: { renewTime: microTime() } };
        await ask(hub, lease(namespace), { method: "PATCH", body });
    };
    // The check before the move reports a failure of this.
    const timer = setInterval(() => void renew().catch(() => undefined), renewMs);
    return {
        check: async () => void (await check()),
        async release() {
            clearInterval(timer);
            await check();
            await change(hub, lease(namespace), { method: "DELETE" });
        },
    };
}

/** The holder, for a message; the times are from the holder's clock. */
function describe({ spec }: Pick<Lease, "spec">): string {
    return `${spec.holderIdentity}, since ${spec.acquireTime}, last renewed at ${spec.renewTime} (that machine's clock)`;
}

function taken(lease: Lease | undefined): Error {
    const holder = lease === undefined ? "a run that has ended now" : describe(lease);
    return new Error(`another run is moving users: ${holder}. Nothing was changed. Check its result, and decide again`);
}

async function readLease(hub: ClusterAddress, namespace: string): Promise<Lease | undefined> {
    const { status, body } = await ask(hub, lease(namespace));
    if (status === 404) {
        return undefined;
    }
    if (status !== 200) {
        throw new Error(`the hub answers ${status} to the request for the failover's lock. See docs/failover.md for the rights`);
    }
    return JSON.parse(body) as Lease;
}

/** The time in a Lease's format, with microseconds. */
function microTime(): string {
    return new Date().toISOString().replace("Z", "000Z");
}

function leases(namespace: string): string {
    return `apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
}

function lease(namespace: string): string {
    return `${leases(namespace)}/${leaseName}`;
}
