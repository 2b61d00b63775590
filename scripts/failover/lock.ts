import { randomUUID } from "node:crypto";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { ask, change } from "../../clusters/request";

/** A lock whose holder does not touch it for this long is free; seconds. The hub's API server may be away meanwhile. */
const leaseSeconds = 60;
const renewMs = 10_000;

const leaseName = "hubspoke-failover";

interface Lease {
    readonly metadata: { readonly resourceVersion: string };
    readonly spec: {
        readonly holderIdentity?: string;
        readonly acquireTime?: string;
        readonly renewTime?: string;
        readonly leaseDurationSeconds?: number;
    };
}

/** The hub's word that nobody else moves users. */
export interface Lock {
    /** Fails where somebody else has it by now, as after a long absence of the hub. */
    check(): Promise<void>;
    release(): Promise<void>;
}

/** Who has the lock, for a person; undefined where it is free. */
export async function lockHolder(hub: ClusterAddress, namespace: string): Promise<string | undefined> {
    const lease = await readLease(hub, namespace);
    return lease !== undefined && isHeld(lease, Date.now()) ? describe(lease) : undefined;
}

/**
 * Takes the lock: a Lease on the hub, which is renewed until it is released.
 *
 * @param who who moves users, and where to
 * @throws Error that says who has it
 */
export async function takeLock(hub: ClusterAddress, namespace: string, who: string): Promise<Lock> {
    const holder = `${who} (${randomUUID().slice(0, 8)})`;
    const spec = () => ({
        holderIdentity: holder,
        leaseDurationSeconds: leaseSeconds,
        acquireTime: microTime(),
        renewTime: microTime(),
    });
    const before = await readLease(hub, namespace);
    if (before !== undefined && isHeld(before, Date.now())) {
        throw taken(before);
    }
    const { status } =
        before === undefined
            ? await ask(hub, leases(namespace), {
                  method: "POST",
                  body: { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: leaseName }, spec: spec() },
              })
            : await ask(hub, lease(namespace), {
                  method: "PATCH",
                  // With the version that was read, of two who try at once only one succeeds.
                  body: { metadata: { resourceVersion: before.metadata.resourceVersion }, spec: spec() },
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
    };
    const renew = async () => {
        await check();
        await change(hub, lease(namespace), { method: "PATCH", body: { spec: { renewTime: microTime() } } });
    };
    // What fails here is seen by the check before the move.
    const timer = setInterval(() => void renew().catch(() => undefined), renewMs);
    return {
        check,
        async release() {
            clearInterval(timer);
            await check();
            await change(hub, lease(namespace), { method: "DELETE" });
        },
    };
}

/** Whether a lock holds at a time, in milliseconds. */
export function isHeld({ spec }: Pick<Lease, "spec">, now: number): boolean {
    const touched = Date.parse(spec.renewTime ?? "");
    return !Number.isNaN(touched) && now < touched + (spec.leaseDurationSeconds ?? leaseSeconds) * 1000;
}

function describe({ spec }: Pick<Lease, "spec">): string {
    const touched = Date.parse(spec.renewTime ?? "");
    const free = new Date(touched + (spec.leaseDurationSeconds ?? leaseSeconds) * 1000).toISOString();
    return `${spec.holderIdentity}, since ${spec.acquireTime}; if that run is dead, the lock is free at ${free}`;
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
