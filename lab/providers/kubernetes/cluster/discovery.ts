import { isNotFound, NoMatchError } from "./apiError";
import type { ApiServer } from "./apiServer";

/** How the API server serves a kind. */
export interface ResourceKind {
    /** Name in URLs, as `deployments`. */
    readonly plural: string;
    readonly namespaced: boolean;
}

interface ResourceList {
    readonly resources?: readonly { name: string; kind: string; namespaced: boolean }[];
}

/**
 * Which kinds the API server knows. Asks once for each API version, and again for a kind that was not there.
 */
export class Discovery {
    readonly #lists = new Map<string, Promise<ReadonlyMap<string, ResourceKind>>>();

    constructor(private readonly api: ApiServer) {}

    /** The kind, or undefined when the server does not know it. */
    async find(apiVersion: string, kind: string): Promise<ResourceKind | undefined> {
        const known = (await this.#kinds(apiVersion)).get(kind);
        if (known !== undefined) {
            return known;
        }
        this.#lists.delete(apiVersion);
        return (await this.#kinds(apiVersion)).get(kind);
    }

    /** The kind; throws {@link NoMatchError} when the server does not know it. */
    async get(apiVersion: string, kind: string): Promise<ResourceKind> {
        const found = await this.find(apiVersion, kind);
        if (found === undefined) {
            throw new NoMatchError(apiVersion, kind);
        }
        return found;
    }

    #kinds(apiVersion: string): Promise<ReadonlyMap<string, ResourceKind>> {
        const cached = this.#lists.get(apiVersion);
        if (cached !== undefined) {
            return cached;
        }
        const list = this.#fetch(apiVersion);
        this.#lists.set(apiVersion, list);
        list.catch(() => this.#lists.delete(apiVersion));
        return list;
    }

    async #fetch(apiVersion: string): Promise<ReadonlyMap<string, ResourceKind>> {
        try {
            const list = (await this.api.request({
                method: "GET",
                path: versionPath(apiVersion),
            })) as ResourceList;
            const kinds = (list.resources ?? []).filter(({ name }) => !name.includes("/"));
            return new Map(kinds.map(({ kind, name, namespaced }) => [kind, { plural: name, namespaced }]));
        } catch (error) {
            if (isNotFound(error)) {
                return new Map();
            }
            throw error;
        }
    }
}

/** Path of an API version: the core group lives under `/api`, all others under `/apis`. */
export function versionPath(apiVersion: string): string {
    return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
