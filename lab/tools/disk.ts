import * as fs from "node:fs";
import * as path from "node:path";
import type { GoDirs } from "./findGo";

const gib = 1024 ** 3;

/**
 * Free space that building every tool from nothing takes, in each place, rounded up. Measured on Linux
 * amd64: 3.4 GB of modules and toolchain, 5.2 GB of compiled packages, 0.8 GB of tools
 * beside up to as much of work files.
 */
const neededBytes = { GOMODCACHE: 4 * gib, GOCACHE: 6 * gib, tools: 2 * gib };

/** Fails before a first build if a disk has too little room, naming the disk's folder and the remedy. */
export function checkDisk(goDirs: GoDirs, toolCache: string, freeBytes = freeBytesOf): void {
    const needs = new Map<number, { dir: string; bytes: number }>();
    const places = { ...goDirs, tools: toolCache };
    for (const [place, dir] of Object.entries(places) as [keyof typeof places, string][]) {
        const existing = nearestExisting(dir);
        const device = fs.statSync(existing).dev;
        const { dir: first, bytes } = needs.get(device) ?? { dir: existing, bytes: 0 };
        needs.set(device, { dir: first, bytes: bytes + neededBytes[place] });
    }
    for (const { dir, bytes } of needs.values()) {
        const free = freeBytes(dir);
        if (free < bytes) {
            throw new Error(
                `building the lab's tools needs about ${gigabytes(bytes)} free on the disk of ${dir}, which has ` +
                    `${gigabytes(free)}: free some space`,
            );
        }
    }
}

function freeBytesOf(dir: string): number {
    const { bavail, bsize } = fs.statfsSync(dir);
    return bavail * bsize;
}

function gigabytes(bytes: number): string {
    return `${(bytes / gib).toFixed(1)} GiB`;
}

function nearestExisting(dir: string): string {
    return fs.existsSync(dir) ? dir : nearestExisting(path.dirname(dir));
}
