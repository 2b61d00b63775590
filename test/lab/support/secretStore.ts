import { readCluster, serverUrl } from "../../../lab/clusters/record";
import { askApi, readCredentials } from "../../../lab/clusters/api";
import { kubectl } from "../../../lab/kubectl";

/** The agent's secrets: names in the store, and what is in each. */
export type Values = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A place on the hub with one environment's secrets, and an account that may read them and nothing else. */
export interface Store {
    readonly namespace: string;
    readonly server: string;
    readonly ca: string;
    /** The account's token. */
    readonly token: string;
}

/** Makes the place, its account and the Secrets in it. */
export async function makeStore(environment: string, values: Values): Promise<Store> {
    const namespace = `store-${environment}`;
    const inside = `--namespace=${namespace}`;
    await kubectl("hub", ["create", "namespace", namespace]);
    await kubectl("hub", ["create", "serviceaccount", "reader", inside]);
    await kubectl("hub", ["create", "role", "reader", "--verb=get", "--resource=secrets", inside]);
    await kubectl("hub", ["create", "rolebinding", "reader", "--role=reader", `--serviceaccount=${namespace}:reader`, inside]);
    for (const [name, data] of Object.entries(values)) {
        await writeSecret(namespace, name, data);
    }
    const token = (await kubectl("hub", ["create", "token", "reader", inside])).trim();
    return { namespace, server: serverUrl(readCluster("hub")!), ca: readCredentials("hub").ca, token };
}

/** Writes one Secret of a store, as its owner does, over one of that name if there is any. */
export async function writeSecret(namespace: string, name: string, data: Values[string]): Promise<void> {
    const body = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData: data };
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    const replaced = await askApi("hub", `${secrets}/${name}`, { method: "PUT", body });
    const { status } = replaced.status === 404 ? await askApi("hub", secrets, { method: "POST", body }) : replaced;
    if (status !== 200 && status !== 201) {
        throw new Error(`Secret ${name} in ${namespace} was not written: the API server answers ${status}`);
    }
}

export async function removeStore(environment: string): Promise<void> {
    await kubectl("hub", ["delete", "namespace", `store-${environment}`, "--wait=false"]);
}
