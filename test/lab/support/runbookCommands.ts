import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../../lab/paths";

const folder = path.join(projectRoot, "docs", "runbooks");

/** What a page tells somebody to type who is woken at night: its `sh` lines, and its commands within a sentence. */
export function runbookCommands(): { readonly page: string; readonly command: string }[] {
    return readdirSync(folder).flatMap((page) => {
        const text = readFileSync(path.join(folder, page), "utf8");
        const fenced = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, lines = ""]) => lines.trim().split("\n"));
        const within = [...text.matchAll(/`((?:kubectl|argocd|pulumi|npm|npx|curl|cmctl|kubeadm|git) [^`]+)`/g)];
        const all = [...fenced.map((line) => line.replace(/ {2,}# .*$/, "").trim()), ...within.map(([, one = ""]) => one)];
        return [...new Set(all)].map((command) => ({ page, command }));
    });
}

/** Why a command is not run in the lab, and where what it does is tested instead. */
export const notInTheLab: readonly { readonly command: RegExp; readonly reason: string }[] = [
    { command: /^npm run failover /, reason: "moves users, which only the drill's lab has: test/lab/failover.ts" },
    { command: /^npm run rebuild/, reason: "makes the hub anew: test/lab/failover.ts" },
    { command: /^npm run failover:receiver /, reason: "runs until somebody stops it: test/lab/quarantine.ts" },
    { command: /^npm run quarantine /, reason: "Argo CD leaves the cluster alone then: test/lab/quarantine.ts" },
    { command: /^npm run forget /, reason: "takes a cluster out of the fleet: test/lab/exit.ts" },
    { command: /^pulumi up$/, reason: "names no stack: the page says which one" },
    { command: /^pulumi config set --secret /, reason: "asks for a secret: test/lab/hub.ts" },
    { command: /^(cmctl|kubeadm) /, reason: "a program of cert-manager's, or on a control plane's machine" },
    { command: /^npm run rules/, reason: "writes into this repository: test/lab/applications.ts" },
    { command: /^argocd app terminate-op /, reason: "ends a sync that is tried again: test/lab/registry.ts" },
    { command: /^kubectl rollout undo$/, reason: "what nobody should do" },
    { command: / get servicemonitors$/, reason: "the Prometheus operator is not on the lab's hub" },
    { command: / get certificates,| cert-manager logs /, reason: "cert-manager is not on the lab's prod; its chart is compared" },
    { command: /blackbox-exporter/, reason: "the prober is the operator's own; its address is compared with the setting" },
];

/** What is looked at in place of a simulated pod, which has no log and serves nothing: the objects that are named. */
export function withoutKubelet(command: string): string {
    const logs = /^(kubectl .*) logs (--selector \S+)/.exec(command);
    if (logs !== null) {
        return `${logs[1]} get pods ${logs[2]} --field-selector status.phase=Running --output name`;
    }
    const forward = /^(kubectl .*) port-forward (\S+) (\d+) /.exec(command);
    if (forward !== null) {
        const port = `{.spec.template.spec.containers[*].ports[?(@.containerPort==${forward[3]})].containerPort}`;
        return `${forward[1]} get ${forward[2]} --output jsonpath='${port}'`;
    }
    return command;
}
