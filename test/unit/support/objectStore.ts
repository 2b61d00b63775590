import type { ClusterAddress } from "../../../clusters/kubeconfig";
import { type Answer, type Asked, fakeApiServer, type FakeApiServer } from "../../../lab/test/support/fakeApiServer";

type Json = Record<string, unknown>;

/** An object as a test writes it down, and as the server keeps it. */
export interface StoredObject extends Json {
    readonly metadata?: Json &
        Readonly<Partial<Record<"name" | "generateName" | "resourceVersion", string>>> & { readonly labels?: object };
}

/** An API server that keeps objects. */
export interface ObjectStore extends FakeApiServer {
    /** The objects, by their paths without a slash at the start: `api/v1/namespaces/a/secrets/b`. */
    readonly objects: Map<string, StoredObject>;
    /** What it was asked to change, in this order: `PATCH api/v1/…`. */
    readonly changes: string[];
    readonly address: ClusterAddress;
}

/**
 * Starts an API server that keeps objects: it lists, creates, merges and deletes them, and refuses a change of another
 * version than the one it has. Of selectors, it knows those by labels of one value each.
 *
 * @param first answers in place of the server, where it answers at all
 */
export async function objectStore(
    given: Readonly<Record<string, StoredObject>> = {},
    first: (asked: Asked, objects: Map<string, StoredObject>) => Answer | undefined = () => undefined,
): Promise<ObjectStore> {
    const objects = new Map<string, StoredObject>();
    const changes: string[] = [];
    let version = 0;
    const keep = (path: string, { metadata, ...more }: StoredObject): StoredObject => {
        const stored = { ...more, metadata: { ...metadata, resourceVersion: String(++version) } };
        objects.set(path, stored);
        return stored;
    };
    Object.entries(given).forEach(([path, object]) => keep(path, object));
    const server = await fakeApiServer((asked) => {
        const path = asked.path.slice(1).replace(/\?.*/, "");
        if (asked.method !== "GET") {
            changes.push(`${asked.method} ${path}`);
        }
        const selector = new URL(asked.path, "http://x").searchParams.get("labelSelector") ?? "";
        return first(asked, objects) ?? answer({ ...asked, path }, selector);
    });

    function answer({ method, path, body }: Asked, selector: string): Answer | undefined {
        const stored = objects.get(path);
        const sent = (body === "" ? {} : JSON.parse(body)) as StoredObject;
        switch (method) {
            case "GET":
                return stored ?? listed(path, selector);
            case "POST": {
                const { name, generateName = "" } = sent.metadata ?? {};
                const at = `${path}/${name ?? `${generateName}${version}`}`;
                return objects.has(at) ? conflict : keep(at, sent);
            }
            case "PATCH": {
                const expected = sent.metadata?.resourceVersion;
                const isOld = expected !== undefined && expected !== stored?.metadata?.resourceVersion;
                return stored && (isOld ? conflict : keep(path, merged(stored, sent)));
            }
            default:
                return objects.delete(path) ? {} : undefined;
        }
    }

    /** What is directly below a path; undefined for a path that is no collection. */
    function listed(path: string, selector: string): Answer | undefined {
        const below = [...objects].filter(([at]) => at.startsWith(`${path}/`) && !at.slice(path.length + 1).includes("/"));
        const wanted = selector.split(",").filter((one) => one !== "").map((one) => one.split("="));
        const items = below.map(([, object]) => object).filter(({ metadata: { labels = {} } = {} }) =>
            wanted.every(([label = "", value]) => (labels as Json)[label] === value),
        );
        return below.length > 0 || collections.test(path) ? { items } : undefined;
    }

    return { ...server, objects, changes, address: { setting: "hub", server: server.url, tls: {}, user: {} } };
}

const collections = new RegExp(
    "/(secrets|applications|nodes|deployments|statefulsets|horizontalpodautoscalers|pods|resourcequotas|limitranges|networkpolicies)$",
);

const conflict = { kind: "Status", code: 409, message: "the object has been modified" };

/** A JSON merge patch (RFC 7386). */
function merged<T extends Json>(old: T, patch: Json): T {
    const kept = Object.entries(patch).reduce<Json>((all, [key, value]) => {
        const { [key]: before, ...others } = all;
        const isObject = (one: unknown): one is Json => typeof one === "object" && one !== null && !Array.isArray(one);
        if (value === null) {
            return others;
        }
        return { ...others, [key]: isObject(value) ? merged(isObject(before) ? before : {}, value) : value };
    }, old);
    return kept as T;
}
