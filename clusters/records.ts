import type { z } from "zod";
import type { ClusterAddress } from "./kubeconfig";
import { ask, change, find } from "./request";

/** The hub's record of changes that commands make before they are in Git: the data of a ConfigMap. */
export type RecordData = Readonly<Record<string, string>>;

/**
 * Reads a record from the hub.
 *
 * @returns its data; empty if there is no record, as on a new hub
 * @throws Error like `get`
 */
export async function readRecord(hub: ClusterAddress, namespace: string, name: string): Promise<RecordData> {
    const found = await find<{ data?: RecordData }>(hub, `${configMaps(namespace)}/${name}`);
    return found?.data ?? {};
}

/** Writes keys of a record, removes those with `null`, and creates a missing record; other keys stay. */
export async function writeRecord(
    hub: ClusterAddress,
    namespace: string,
    { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
    data: Readonly<Record<string, string | null>>,
): Promise<void> {
    const metadata = { name, labels };
    const body = { metadata, data };
    if (!(await change(hub, `${configMaps(namespace)}/${name}`, { method: "PATCH", body }))) {
        const present = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
        const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data: present };
        await change(hub, configMaps(namespace), { method: "POST", body: configMap });
    }
}

/** How often a change of a key is tried when others change the record at the same moment. */
const attempts = 20;

/**
 * Changes one key of a record, so that no change at the same moment is lost: the API server refuses a change of what is
 * not the last version, and this tries it again.
 *
 * @param next returns the key's new value, from the present one
 * @returns the new value
 * @throws Error like `get`, and if the record never rests
 */
export async function changeRecordKey(
    hub: ClusterAddress,
    namespace: string,
    { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
    key: string,
    next: (value: string | undefined) => string,
): Promise<string> {
    type Found = { readonly metadata: { readonly resourceVersion: string }; readonly data?: RecordData };
    for (let attempt = 0; attempt < attempts; attempt += 1) {
        const found = await find<Found>(hub, `${configMaps(namespace)}/${name}`);
        const value = next(found?.data?.[key]);
        if (value === found?.data?.[key]) {
            return value;
        }
        const metadata = { name, labels, ...(found && { resourceVersion: found.metadata.resourceVersion }) };
        const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { [key]: value } };
        const { status } = found
            ? await ask(hub, `${configMaps(namespace)}/${name}`, { method: "PATCH", body })
            : await ask(hub, configMaps(namespace), { method: "POST", body });
        if (status === 200 || status === 201) {
            return value;
        }
        if (status !== 409 && status !== 404) {
            throw new Error(`hubspoke:${hub.setting}: the API server answers ${status} for a change of the ConfigMap ${name}`);
        }
    }
    throw new Error(`the ConfigMap ${name} on the hub was changed by others at each of ${attempts} attempts. Run this again`);
}

/**
 * What a record says in one of its keys.
 *
 * @param name the record's, for the error
 * @throws Error with the remedy, where the ConfigMap was changed by hand: a check that cannot read it lets nothing pass
 */
export function parseRecord<T>(name: string, json: string, schema: z.ZodType<T>): T {
    try {
        return schema.parse(JSON.parse(json));
    } catch (error) {
        throw new Error(
            `the hub's record, the ConfigMap ${name}, is not as this program wrote it. Restore it, or delete it: ` +
                "the stack files decide where there is none",
            { cause: error },
        );
    }
}

function configMaps(namespace: string): string {
    return `api/v1/namespaces/${namespace}/configmaps`;
}
