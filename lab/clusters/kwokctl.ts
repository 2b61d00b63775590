import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { findProcess, startProcess, stopProcess, waitFor, writeFileWhole } from "../processes";
import { labVersion, toolPath } from "../tools";
import { type ClusterName, kwokName, kwokWorkDir } from "./names";
import { type ClusterRecord, recordsDir, serverUrl } from "./record";
import { authenticationFile, ensureAuthenticationFile, hubIssuer } from "./trust";

/** kwokctl stops waiting for its API server after two minutes. */
const kwokctlLimitMs = 150_000;

/** An address for documentation (RFC 5737): no real pod runs that could use it. */
const nobodysAddress = "192.0.2.1";

/** Nothing serves a webhook on simulated nodes, and one that fails closed would refuse every request. */
const admissionByWebhook = "MutatingAdmissionWebhook,ValidatingAdmissionWebhook";

/** The stages that kwok simulates besides its own; kwokctl writes its own into the first file for kwok. */
const extraStages = path.join(__dirname, "..", "simulation", "stages.yaml");

/** Which requests the API servers write into their audit logs: those of Argo CD's accounts, without contents. */
const auditPolicy = path.join(__dirname, "auditPolicy.yaml");

/** Name of the recorded kwokctl process that works on a cluster. */
export function kwokctlProcess(cluster: ClusterName): string {
    return `${cluster}-kwokctl`;
}

/**
 * Starts `kwokctl create cluster` or `kwokctl start cluster` as a recorded process, so that neither
 * Ctrl-C nor the end of this process interrupts it between the start of a component and the record of its id.
 * It exits with 0 even if components failed: check the API server, not its exit code.
 */
export async function startKwokctl(
    verb: "create" | "start",
    cluster: ClusterName,
    record: ClusterRecord,
): Promise<void> {
    const command = toolPath("kwokctl");
    if (!fs.existsSync(command)) {
        throw new Error(`cannot ${verb} the cluster ${cluster}: ${command} is missing; run \`npm run lab\`, which links it`);
    }
    const config = path.join(recordsDir, `${cluster}.kwokctl.yaml`);
    ensureAuthenticationFile(cluster);
    writeFileWhole(config, stringify(configuration(cluster, record)));
    const keepOutOfUsersConfig = verb === "create" ? ["--kubeconfig", ""] : [];
    await startProcess({
        name: kwokctlProcess(cluster),
        command,
        args: ["--config", config, verb, "cluster", "--name", kwokName(cluster), ...keepOutOfUsersConfig],
        env: {
            KWOK_WORKDIR: kwokWorkDir,
            HOME: process.env.HOME ?? kwokWorkDir,
            PATH: process.env.PATH ?? "",
            // The components inherit it: they reach nothing but loopback.
            NO_PROXY: "*",
        },
    });
}

/** Waits for a kwokctl that works on this cluster, from whichever run, to end; ends it at the limit. */
export async function settleKwokctl(cluster: ClusterName, timeoutMs = kwokctlLimitMs): Promise<void> {
    const name = kwokctlProcess(cluster);
    const ended = () => Promise.resolve(findProcess(name) ? { seen: "it runs" } : { done: undefined });
    await waitFor(`kwokctl of ${cluster} to end`, ended, { timeoutMs, intervalMs: 50 }).catch(() => undefined);
    await stopProcess(name, { graceMs: 0 });
}

/**
 * kwokctl's configuration of one cluster. Differences from its defaults: every port and binary is
 * given, everything listens on loopback only; the controller manager and the scheduler, one of each,
 * have no leader election, which would end them if the API server is unavailable for some seconds;
 * etcd does not wait for the disk, because a lab's data need not survive a power failure; the API server
 * gets an address to advertise, because it would not start on a machine without a default route, and calls no
 * admission webhook. The hub has an issuer of tokens of its own, which others can trust.
 */
function configuration(cluster: ClusterName, record: ClusterRecord): object {
    const extraArgs = (name: string, key: string, value: string) => ({ name, extraArgs: [{ key, value }] });
    return {
        kind: "KwokctlConfiguration",
        apiVersion: "config.kwok.x-k8s.io/v1alpha1",
        options: {
            runtime: "binary",
            kubeVersion: `v${labVersion("kubernetes")}`,
            bindAddress: "127.0.0.1",
            ...record.ports,
            kubeAuditPolicy: auditPolicy,
            etcdBinary: toolPath("etcd"),
            kubectlBinary: toolPath("kubectl"),
            kubeApiserverBinary: toolPath("kube-apiserver"),
            kubeControllerManagerBinary: toolPath("kube-controller-manager"),
            kubeSchedulerBinary: toolPath("kube-scheduler"),
            kwokControllerBinary: toolPath("kwok"),
        },
        componentsPatches: [
            extraArgs("kube-controller-manager", "leader-elect", "false"),
            extraArgs("kube-scheduler", "leader-elect", "false"),
            extraArgs("etcd", "unsafe-no-fsync", "true"),
            extraArgs("kube-apiserver", "advertise-address", nobodysAddress),
            extraArgs("kube-apiserver", "disable-admission-plugins", admissionByWebhook),
            ...(cluster === "hub" ? issuerOfHub(record) : []),
            extraArgs("kube-apiserver", "authentication-config", authenticationFile(cluster)),
            extraArgs("kwok-controller", "config", extraStages),
            // A kwok that replaces one that ended waits for its leases; by default for 200 seconds.
            extraArgs("kwok-controller", "node-lease-duration-seconds", "40"),
        ],
    };
}

function issuerOfHub(record: ClusterRecord): object[] {
    const args = [
        { key: "service-account-issuer", value: hubIssuer, override: true },
        { key: "service-account-jwks-uri", value: `${serverUrl(record)}/openid/v1/jwks` },
    ];
    return [{ name: "kube-apiserver", extraArgs: args }];
}
