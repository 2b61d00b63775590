import type { V1Container } from "@kubernetes/client-node";
import { expect } from "chai";
import { type PodSources, resolveInvocation } from "../argocd/invocation";

const configMaps: Record<string, Record<string, string>> = {
    "argocd-cmd-params-cm": { "controller.log.level": "debug", "redis.server": "redis:6379" },
};
const secrets: Record<string, Record<string, string>> = { "argocd-redis": { auth: "s3cret" } };

const sources: PodSources = {
    namespace: "argocd",
    podName: "argocd-server-0",
    configMap: (name) => Promise.resolve(configMaps[name]),
    secret: (name) => Promise.resolve(secrets[name]),
};

function container(rest: Partial<V1Container>): V1Container {
    return { name: "server", ...rest };
}

const fromConfigMap = (key: string, optional?: boolean, name = "argocd-cmd-params-cm") => ({
    configMapKeyRef: { name, key, optional },
});

describe("a container's invocation on this machine", () => {
    const cases: { what: string; container: Partial<V1Container>; args?: string[]; env?: Record<string, string> }[] = [
        {
            what: "drops the program and keeps its arguments",
            container: { args: ["/usr/local/bin/argocd-server", "--port=8080", "--x"] },
            args: ["--port=8080", "--x"],
        },
        {
            what: "joins command and arguments",
            container: { command: ["/tini", "--"], args: ["server"] },
            args: ["--", "server"],
        },
        {
            what: "reads keys of ConfigMaps and Secrets",
            container: {
                env: [
                    { name: "LEVEL", valueFrom: fromConfigMap("controller.log.level", true) },
                    { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "argocd-redis", key: "auth" } } },
                ],
            },
            env: { LEVEL: "debug", PASSWORD: "s3cret" },
        },
        {
            what: "leaves out optional keys, ConfigMaps and Secrets that do not exist",
            container: {
                env: [
                    { name: "A", valueFrom: fromConfigMap("nothing", true) },
                    { name: "B", valueFrom: fromConfigMap("x", true, "nowhere") },
                    { name: "C", valueFrom: { secretKeyRef: { name: "nowhere", key: "x", optional: true } } },
                ],
                envFrom: [{ secretRef: { name: "nowhere", optional: true } }],
            },
            env: {},
        },
        {
            what: "takes envFrom first, with its prefix, and env over it",
            container: {
                envFrom: [{ prefix: "R_", secretRef: { name: "argocd-redis" } }, { configMapRef: { name: "argocd-cmd-params-cm" } }],
                env: [{ name: "redis.server", value: "other" }],
            },
            env: { R_auth: "s3cret", "controller.log.level": "debug", "redis.server": "other" },
        },
        {
            what: "expands variables that came before, and $$ to $",
            container: {
                args: ["server", "--at=$(B)", "--price=$$(B)", "--none=$(NONE)"],
                env: [
                    { name: "A", value: "a" },
                    { name: "B", value: "$(A)b$(LATER)" },
                    { name: "LATER", value: "l" },
                ],
            },
            args: ["--at=ab$(LATER)", "--price=$(B)", "--none=$(NONE)"],
            env: { A: "a", B: "ab$(LATER)", LATER: "l" },
        },
        {
            what: "knows the pod's name and namespace, and leaves out what only a running pod has",
            container: {
                env: [
                    { name: "NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                    { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                    { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
                    { name: "MEMORY", valueFrom: { resourceFieldRef: { resource: "limits.memory" } } },
                ],
            },
            env: { NAMESPACE: "argocd", POD: "argocd-server-0" },
        },
        { what: "keeps an empty value", container: { env: [{ name: "EMPTY" }] }, env: { EMPTY: "" } },
    ];
    for (const { what, container: given, args, env } of cases) {
        it(what, async () => {
            const invocation = await resolveInvocation(container(given), sources);
            expect(invocation.args).to.deep.equal(args ?? []);
            expect(invocation.env).to.deep.equal(env ?? {});
        });
    }

    const failures: { what: string; container: Partial<V1Container>; message: RegExp }[] = [
        {
            what: "a required key",
            container: { env: [{ name: "A", valueFrom: fromConfigMap("nothing") }] },
            message: /container server needs key nothing of ConfigMap argocd-cmd-params-cm.*pulumi up -s hub/,
        },
        {
            what: "a required Secret",
            container: { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "nowhere", key: "auth" } } }] },
            message: /needs key auth of Secret nowhere/,
        },
        {
            what: "a required ConfigMap of envFrom",
            container: { envFrom: [{ configMapRef: { name: "nowhere" } }] },
            message: /needs ConfigMap nowhere, which does not exist in the hub's namespace argocd/,
        },
    ];
    for (const { what, container: given, message } of failures) {
        it(`fails without ${what}, and says how to get it`, async () => {
            const failure = await resolveInvocation(container(given), sources).then(
                () => "no failure",
                (error: Error) => error.message,
            );
            expect(failure).to.match(message);
        });
    }
});
