import * as fs from "node:fs";
import type { ClusterName } from "../../../lab/clusters/names";
import { kubectl } from "../../../lab/kubectl";
import { noteSecret } from "./secrets";

/**
 * Writes a token of a ServiceAccount of the namespace `default` as client-go's credential plugins print it
 * (`client.authentication.k8s.io/v1beta1`): with `command: cat` and this file an exec identity works.
 */
export async function writeExecCredential(file: string, cluster: ClusterName, account: string): Promise<void> {
    const token = (await kubectl(cluster, ["create", "token", account, "--namespace", "default"])).trim();
    noteSecret(`the token of ${account} on ${cluster}`, token);
    const apiVersion = "client.authentication.k8s.io/v1beta1";
    const credential = { apiVersion, kind: "ExecCredential", status: { token } };
    fs.writeFileSync(file, JSON.stringify(credential), { mode: 0o600 });
}
