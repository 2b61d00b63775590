import type { KubeObject } from "../model/object";
import { nameOfObject, namespaceOf, stringAt } from "../model/object";
import type { ApiServer } from "./apiServer";
import { versionPath, type Discovery } from "./discovery";

/** Which object: enough to build its URL. */
export interface ObjectRef {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    /** Left out for objects of the whole cluster. */
    readonly namespace?: string;
}

/** Propagation of a deletion to the objects that it owns: foreground, background or orphan. */
export type PropagationPolicy = "Foreground" | "Background" | "Orphan";

/** Which objects of a list: by their labels or by their fields. */
export type Selector = { readonly labelSelector: string } | { readonly fieldSelector: string };

export interface WriteOptions {
    readonly fieldManager: string;
    readonly dryRun: boolean;
}

/** Reads and writes objects of any kind. Errors are those of {@link ApiServer} and {@link Discovery}. */
export class Objects {
    constructor(
        private readonly api: ApiServer,
        private readonly discovery: Discovery,
    ) {}

    async isServed(apiVersion: string, kind: string): Promise<boolean> {
        return (await this.discovery.find(apiVersion, kind)) !== undefined;
    }

    async get(ref: ObjectRef): Promise<KubeObject> {
        return (await this.api.request({ method: "GET", path: await this.#path(ref) })) as KubeObject;
    }

    async list(
        apiVersion: string,
        kind: string,
        namespace: string,
        selector: Selector,
    ): Promise<KubeObject[]> {
        const path = await this.#path({ apiVersion, kind, namespace, name: "" });
        const list = await this.api.request({ method: "GET", path, query: { ...selector } });
        return (list as { items?: KubeObject[] }).items ?? [];
    }

    async create(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
        const path = await this.#path({ ...refOf(object), name: "" });
        return (await this.api.request({
            method: "POST",
            path,
            body: object,
            query: query(options),
        })) as KubeObject;
    }

    async replace(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
        const path = await this.#path(refOf(object));
        return (await this.api.request({
            method: "PUT",
            path,
            body: object,
            query: query(options),
        })) as KubeObject;
    }

    /** Server-side apply. With `force`, fields that other managers own are taken over. */
    async apply(
        object: KubeObject,
        options: WriteOptions & { readonly force: boolean },
    ): Promise<KubeObject> {
        return (await this.api.request({
            method: "PATCH",
            path: await this.#path(refOf(object)),
            body: object,
            contentType: "application/apply-patch+yaml",
            query: { ...query(options), force: String(options.force) },
        })) as KubeObject;
    }

    async mergePatch(ref: ObjectRef, patch: KubeObject, options: WriteOptions): Promise<KubeObject> {
        return (await this.api.request({
            method: "PATCH",
            path: await this.#path(ref),
            body: patch,
            contentType: "application/merge-patch+json",
            query: query(options),
        })) as KubeObject;
    }

    async jsonPatch(ref: ObjectRef, patch: readonly object[]): Promise<KubeObject> {
        return (await this.api.request({
            method: "PATCH",
            path: await this.#path(ref),
            body: patch,
            contentType: "application/json-patch+json",
        })) as KubeObject;
    }

    async delete(ref: ObjectRef, propagationPolicy: PropagationPolicy): Promise<void> {
        await this.api.request({
            method: "DELETE",
            path: await this.#path(ref),
            body: { propagationPolicy },
        });
    }

    async #path({ apiVersion, kind, namespace, name }: ObjectRef): Promise<string> {
        const { plural, namespaced } = await this.discovery.get(apiVersion, kind);
        const scope = namespaced ? `/namespaces/${encodeURIComponent(namespace ?? "default")}` : "";
        const item = name === "" ? "" : `/${encodeURIComponent(name)}`;
        return `${versionPath(apiVersion)}${scope}/${plural}${item}`;
    }
}

/** Where an object lives. */
export function refOf(object: KubeObject): ObjectRef {
    const namespace = namespaceOf(object);
    return {
        apiVersion: stringAt(object, "apiVersion"),
        kind: stringAt(object, "kind"),
        name: nameOfObject(object),
        ...(namespace === "" ? {} : { namespace }),
    };
}

function query({ fieldManager, dryRun }: WriteOptions): Record<string, string> {
    return { fieldManager, ...(dryRun ? { dryRun: "All" } : {}) };
}
