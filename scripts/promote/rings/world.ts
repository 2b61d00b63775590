import type { Application } from "../../../clusters/applications";
import type { Release } from "../../../clusters/releases";
import type { Pin } from "../../../settings/pins";
import type { RingSettings } from "../../../settings/rings";
import type { AskSeries } from "./prometheus";

/** A cluster of the environment that has room for the application. */
export interface Cluster {
    /** Name of its Application. */
    readonly application: string;
    /** Its name in Argo CD. */
    readonly argoCdName: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly quarantined: boolean;
    /** Whether its `deploy` is not "false". */
    readonly runs: boolean;
    /** The pin in its cluster Secret on the hub; undefined if it is not registered there. */
    readonly pin: Pin | undefined;
    /** The pin in the stack file. */
    readonly filePin: Pin;
}

/** Clusters by their names in the stack file. */
export type Clusters = Readonly<Record<string, Cluster>>;

/** A text for each of some clusters. */
export type ByCluster = Readonly<Record<string, string>>;

/** Pins by the names of their clusters. */
export type Pins = Readonly<Record<string, Pin>>;

/** Pins that move on the hub. */
export interface Move {
    /** The stack file gets all of them. */
    readonly pins: Pins;
    /** The clusters whose pins move on the hub. */
    readonly on: readonly string[];
    /** Clusters that are not connected to meanwhile. */
    readonly dead: readonly string[];
    /** The revision that no checkout may bring up after this, whether these clusters have it or not. */
    readonly replaces?: string;
    /** Is called directly before each change of the hub, since previews take minutes; its error ends the move. */
    readonly ready: () => Promise<void>;
}

/** All that a release in rings reads and changes outside its process. */
export interface World {
    readonly clusters: Clusters;
    readonly now: () => number;
    readonly sleep: (milliseconds: number) => Promise<void>;
    readonly say: (line: string) => void;
    /** The application's Applications in the environment. */
    readonly applications: () => Promise<readonly Application[]>;
    /**
     * Those of the environment's clusters that cannot be worked with now, except in quarantine, and why.
     *
     * @param maxAgeMs how old the answer may be, in milliseconds
     */
    readonly dead: (maxAgeMs: number) => Promise<ByCluster>;
    /** The pins on the hub now, of the clusters that are registered there. */
    readonly pins: () => Promise<Pins>;
    /** Writes pins into the stack file. */
    readonly write: (pins: Pins) => Promise<void>;
    /** Writes pins into the stack file, and brings up those of some clusters on the hub. */
    readonly move: (move: Move) => Promise<void>;
    readonly read: () => Promise<Release | undefined>;
    /** Changes the record of the release, from what it is at that moment. */
    readonly change: (next: (record: Release | undefined) => Release) => Promise<Release>;
    readonly askSeries: AskSeries;
}

/** What a run of the command goes by. */
export interface Rules extends Pick<RingSettings, "gates" | "onFailure"> {
    /** Id of this process. */
    readonly runner: string;
    /** The time limit that the user gives, as a Go duration; undefined leaves the release's own. */
    readonly timeout: string | undefined;
    /** The beginning of the command, for what to run next: `npm run promote -- --to prod`. */
    readonly command: string;
}
