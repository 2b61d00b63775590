import { gunzipSync } from "node:zlib";
import type { ClusterAddress } from "../../clusters/kubeconfig";
import { argoCdNamespace } from "../../clusters/names";
import { get } from "../../clusters/request";
import { deployedRelease } from "../../preflight/argoCd";

/** A Helm release of Argo CD as it runs. Its values can hold secrets: print their paths alone. */
export interface HelmRelease {
    readonly chart: { readonly name: string; readonly version: string; readonly appVersion: string };
    /** The values that its user gave. */
    readonly values: Readonly<Record<string, unknown>>;
}

interface SecretList {
    readonly items: readonly { readonly data?: { readonly release?: string } }[];
}

/** A release in Helm's storage (helm, pkg/storage/driver/util.go): compressed JSON, in base64 inside the Secret's. */
interface Stored {
    readonly version: number;
    readonly chart: { readonly metadata: HelmRelease["chart"] };
    readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * Reads the deployed revision of a release in Argo CD's namespace.
 *
 * @throws Error if Helm keeps none in its Secrets, because an upgrade failed or it uses another storage
 */
export async function readHelmRelease(hub: ClusterAddress, release: string): Promise<HelmRelease> {
    const path = `api/v1/namespaces/${argoCdNamespace}/secrets?labelSelector=${deployedRelease(release)}`;
    const { items } = await get<SecretList>(hub, path);
    const [latest] = items.map(({ data }) => decode(data?.release ?? "")).sort((a, b) => b.version - a.version);
    if (latest === undefined) {
        throw new Error(
            `Helm has no deployed revision of the release ${release} in the Secrets of namespace ${argoCdNamespace}. ` +
                `See \`helm status ${release} --namespace ${argoCdNamespace}\`, and repair it by helm upgrade or rollback`,
        );
    }
    const { name, version, appVersion } = latest.chart.metadata;
    return { chart: { name, version, appVersion }, values: latest.config ?? {} };
}

function decode(data: string): Stored {
    const compressed = Buffer.from(Buffer.from(data, "base64").toString("ascii"), "base64");
    return JSON.parse(gunzipSync(compressed).toString("utf8")) as Stored;
}
