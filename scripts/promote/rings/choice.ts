import { createHash } from "node:crypto";
import type { Ring } from "../../../clusters/releases";
import { milliseconds } from "../../../settings/duration";
import { InputError } from "../../../settings/inputError";
import type { RingSettings } from "../../../settings/rings";

/** A cluster of the environment, for the choice of rings. */
export interface Candidate {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Whether the cluster runs the application; one that does not proves nothing, and is in the last ring. */
    readonly runs: boolean;
    /** Whether the cluster has the revision already: then the release does not move it. */
    readonly has: boolean;
}

/**
 * The clusters of each ring. Equal settings and clusters give equal rings, in any order of the clusters: a percentage
 * takes clusters by the hash of their names, so that neighbours by name (a region) are not in one ring.
 *
 * A share that the rings before have reached already is a ring of nobody; what it asks for is not lost.
 *
 * @throws InputError if the labels of a ring choose no cluster
 */
export function ringsOf(rules: RingSettings["rings"], candidates: readonly Candidate[]): Ring[] {
    const all = [...candidates].sort((one, other) => compare(hash(one.name), hash(other.name)));
    const running = all.filter(({ runs }) => runs);
    const chosen = new Set<Candidate>();
    const rings = rules.map(({ clusters, percent = 0, soak, approve, maxFailed }, index) => {
        const left = running.filter((one) => !chosen.has(one));
        const share = Math.ceil((running.length * percent) / 100) - chosen.size;
        const isLast = index === rules.length - 1;
        const ring = clusters
            ? left.filter(({ labels }) => hasLabels(labels, clusters.labels))
            : isLast
              ? all.filter((one) => !chosen.has(one))
              : left.slice(0, Math.max(share, 0));
        ring.forEach((one) => chosen.add(one));
        if (clusters && ring.length === 0) {
            throw new InputError(nobody(index, clusters.labels, chosen.size));
        }
        const named = (already: boolean) => ring.filter(({ has }) => has === already).map(({ name }) => name).sort();
        return { clusters: named(false), has: named(true), soak, approve, maxFailed: limitOf(maxFailed, ring.length) };
    });
    return withThoseOfNobody(rings);
}

/**
 * Gives the soak time of a ring of nobody to the ring before, whose clusters are its share, if it is longer; and its
 * approval to the next ring, which goes beyond that share.
 */
function withThoseOfNobody(rings: readonly Ring[]): Ring[] {
    const ofNobody = (all: readonly Ring[]) => {
        const end = all.findIndex(({ clusters, has }) => clusters.length + has.length > 0);
        return end === -1 ? all : all.slice(0, end);
    };
    return rings.map((ring, index) => {
        const skippedBefore = ofNobody(rings.slice(0, index).reverse());
        const soaks = [ring, ...ofNobody(rings.slice(index + 1))].map(({ soak }) => soak);
        const longest = soaks.reduce((one, other) => (milliseconds(other) > milliseconds(one) ? other : one));
        return { ...ring, soak: longest, approve: [ring, ...skippedBefore].some(({ approve }) => approve) };
    });
}

/** A ring of nobody would take its soak time and its approval with it. */
function nobody(index: number, labels: Readonly<Record<string, string>>, before: number): string {
    const wanted = Object.entries(labels).map(([key, value]) => `${key}: "${value}"`).join(", ");
    const others = before === 0 ? "" : " and is in no ring before";
    return (
        `hubspoke:rollout.rings.${index}.clusters: chooses no cluster: none that runs the application${others} has ` +
        `the labels ${wanted}. Correct them, or give a cluster these labels`
    );
}

function hasLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
    return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** A number of clusters, from a number or a percentage of a ring. */
function limitOf(limit: number | string, size: number): number {
    return typeof limit === "number" ? limit : Math.floor((size * Number(limit.slice(0, -1))) / 100);
}

function hash(name: string): string {
    return createHash("sha256").update(name).digest("hex");
}

/** The order of two different texts. */
function compare(one: string, other: string): number {
    return one < other ? -1 : 1;
}
