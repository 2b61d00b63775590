interface Entry {
    readonly value: Buffer;
    /** In milliseconds since the epoch; never without it. */
    readonly expires?: number;
}

/** How a value is written. */
export interface SetOptions {
    /** How long it lives, in milliseconds. */
    readonly ttlMs?: number;
    /** Writes only where no value is ("NX"). */
    readonly onlyNew?: boolean;
}

/** Keys with values that can expire. */
export class Store {
    readonly #entries = new Map<string, Entry>();
    readonly #now: () => number;

    /** @param now the clock, in milliseconds since the epoch */
    constructor(now: () => number = Date.now) {
        this.#now = now;
    }

    get(key: string): Buffer | undefined {
        return this.#live(key)?.value;
    }

    /** Whether the value was written. */
    set(key: string, value: Buffer, { ttlMs, onlyNew = false }: SetOptions = {}): boolean {
        if (onlyNew && this.#live(key)) {
            return false;
        }
        this.#entries.set(key, { value, ...(ttlMs === undefined ? {} : { expires: this.#now() + ttlMs }) });
        return true;
    }

    /** Whether there was a value. */
    delete(key: string): boolean {
        return this.#live(key) !== undefined && this.#entries.delete(key);
    }

    /** Gives a value another key, with what is left of its life; false where there is none. */
    rename(from: string, to: string): boolean {
        const entry = this.#live(from);
        if (entry) {
            this.#entries.delete(from);
            this.#entries.set(to, entry);
        }
        return entry !== undefined;
    }

    /** Keys of values that live. Forgets the others. */
    keys(): string[] {
        return [...this.#entries.keys()].filter((key) => this.#live(key));
    }

    #live(key: string): Entry | undefined {
        const entry = this.#entries.get(key);
        if (entry?.expires !== undefined && entry.expires <= this.#now()) {
            this.#entries.delete(key);
            return undefined;
        }
        return entry;
    }
}
