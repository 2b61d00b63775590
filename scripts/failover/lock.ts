import { randomUUID } from "node:crypto";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask, change } from "../../clusters/request";
import { say } from "../support/main";
import { type Clock, clock, type Lease, watchUntilFree } from "./lease";

/** A lock whose holder does not touch it for this long is free; seconds. The hub's API server may be away meanwhile. */
const leaseSeconds = 60;
const renewMs = 10_000;

const leaseName = "hubspoke-failover";

/** The hub's word that nobody else moves users. */
export interface Lock {
    /** Fails where somebody else has it by now, as after a long absence of the hub. */
    check(): Promise<void>;
    release(): Promise<void>;
}

/**
 * Waits until nobody has the lock. One that is held is watched for as long as its holder asked for: who still touches
 * it is at work.
 *
 * @returns the lease as it stands, free; undefined where there is none
 * @throws Error that says who has it
 */
export async function waitUntilFree(
    hub: ClusterAddress,
    namespace: string,
    by: Clock = clock,
): Promise<Lease | undefined> {
    const outcome = await watchUntilFree(() => readLease(hub, namespace), leaseSeconds, by, (held, seconds) =>
        say(`the lock is held by ${describe(held)}. Watching for up to ${seconds} s whether that run still touches it`),
    );
    if ("held" in outcome) {
        throw taken(outcome.held);
    }
    if (outcome.watchedSeconds > 0) {
        say(`the run that held the lock is dead: it was not touched for ${outcome.watchedSeconds.toFixed(0)} s`);
    }
    return outcome.free;
}

/**
 * Takes the lock: a Lease on the hub, which is renewed until it is released.
 *
 * @param who who moves users, and where to
 * @throws Error that says who has it
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
                  // With the version that was read, of two who try at once only one succeeds.
                  body: { metadata: { resourceVersion: before.metadata.resourceVersion }, spec },
              });
    if (status === 409) {
        throw taken(await readLease(hub, namespace));
    }
    if (status !== 200 && status !== 201) {
        throw new Error(`the hub answers ${status} to the lock of a failover. Give this identity rights on Leases (docs/failover.md)`);
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
    // What fails here is seen by the check before the move.
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

/** Times of the holder's clock, for a person only. */
function describe({ spec }: Pick<Lease, "spec">): string {
    return `${spec.holderIdentity}, since ${spec.acquireTime}, touched last at ${spec.renewTime} by that machine's clock`;
}

function taken(lease: Lease | undefined): Error {
    const holder = lease === undefined ? "somebody who is done by now" : describe(lease);
    return new Error(`somebody else is moving users: ${holder}. Nothing was changed; look what they did, and decide anew`);
}

async function readLease(hub: ClusterAddress, namespace: string): Promise<Lease | undefined> {
    const { status, body } = await ask(hub, lease(namespace));
    if (status === 404) {
        return undefined;
    }
    if (status !== 200) {
        throw new Error(`the hub answers ${status} when asked for the lock of a failover. See docs/failover.md for the rights`);
    }
    return JSON.parse(body) as Lease;
}

/** Time as Leases hold it: with microseconds. */
function microTime(): string {
    return new Date().toISOString().replace("Z", "000Z");
}

function leases(namespace: string): string {
    return `apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
}

function lease(namespace: string): string {
    return `${leases(namespace)}/${leaseName}`;
}
