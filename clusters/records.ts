import type { z } from "zod";
import type { ClusterAddress } from "./kubeconfig";
import { change, find } from "./request";

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
