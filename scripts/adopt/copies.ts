import { fromBase64 } from "../../clusters/base64";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { change, find } from "../../clusters/request";
import { secretPath } from "../../clusters/secretPath";
import { isCopy } from "../../preflight/keptMetadata";

interface ClusterSecret {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly data?: { readonly config?: string };
}

/**
 * Removes the annotations of a cluster Secret in which a tool keeps a copy of its credential, as `kubectl apply` does:
 * the copy would stay there, and in the stack's state, when the credential is replaced.
 *
 * @returns the annotations that it removed
 */
export async function removeCopies(hub: ClusterAddress, namespace: string, secret: string): Promise<string[]> {
    const path = secretPath(namespace, secret);
    const found = await find<ClusterSecret>(hub, path);
    const copies = found === undefined ? [] : copiesIn(found);
    if (copies.length > 0) {
        const annotations = Object.fromEntries(copies.map((key) => [key, null]));
        await change(hub, path, { method: "PATCH", body: { metadata: { annotations } } });
    }
    return copies;
}

/** Annotations that hold the Secret's `config` or a credential of it, and `kubectl`'s copy, whatever is in it. */
export function copiesIn({ metadata: { annotations = {} }, data }: ClusterSecret): string[] {
    const encoded = data?.config ?? "";
    const config = fromBase64(encoded);
    const held = [encoded, config, ...credentialsIn(config)].filter((text) => text.length >= 8);
    return Object.entries(annotations)
        .filter((entry) => isCopy(entry) || held.some((text) => entry[1].includes(text)))
        .map(([key]) => key);
}

interface Config {
    readonly bearerToken?: string;
    readonly password?: string;
    readonly tlsClientConfig?: { readonly keyData?: string };
}

function credentialsIn(config: string): string[] {
    try {
        const { bearerToken = "", password = "", tlsClientConfig } = JSON.parse(config) as Config;
        return [bearerToken, password, tlsClientConfig?.keyData ?? ""];
    } catch {
        return [];
    }
}
