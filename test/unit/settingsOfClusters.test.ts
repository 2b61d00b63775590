import { type Case, environment, refuse, spoke } from "./support/refusals";

describe("the settings of an environment's clusters", () => {
    const unchecked = 'is true, and with connectionTimeout "0s" nothing would check the connection. Change one of the two';
    const unverified =
        "sends Argo CD's token to any server that answers, and this environment is production. Remove it, and set tls.ca";
    const skip = { tls: { insecureSkipTlsVerify: true } };
    const vault = (more: object) => ({ secrets: { store: { type: "vault", server: "https://vault.example.com", ...more } } });
    const aws = (subject: object) => spoke({ credentials: { type: "aws", clusterName: "a", subject } });
    const argocd = { kind: "User", name: "argocd" };
    const operator = (more: object) => ({ secrets: { store: { type: "vault", server: "https://vault.example.com" }, operator: more } });
    const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    refuse([
        [
            "a connection that nothing would check",
            environment({ a: spoke({ hubOnly: true }), b: spoke() }, { connectionTimeout: "0s" }),
            `clusters.a.hubOnly: ${unchecked}`,
        ],
        ["one that Argo CD checks", environment({ a: spoke({ hubOnly: true }) }, { connectionTimeout: "1s" })],
        ["no check where this machine does it", environment({ a: spoke() }, { connectionTimeout: "0s" })],
        [
            "no verification in production",
            environment({ a: spoke(skip), b: spoke() }),
            `clusters.a.tls.insecureSkipTlsVerify: ${unverified}`,
        ],
        ["no verification in a trial", environment({ a: spoke(skip) }, { production: false })],
        [
            "one auth mount for several clusters",
            environment({ a: spoke(), b: spoke() }, vault({ authMount: "kubernetes" })),
            "secrets.store.authMount: is for one cluster, and this environment has several. Remove it: the default is " +
                "kubernetes-<cluster>",
        ],
        ["an auth mount for one cluster", environment({ a: spoke() }, vault({ authMount: "kubernetes" }))],
        ["several clusters with the default mounts", environment({ a: spoke(), b: spoke() }, vault({}))],
        [
            "two names that Argo CD would write alike",
            environment({ a: spoke(), b: spoke(), c: spoke({ name: "a" }) }),
            "clusters.c.name: the Applications of a and c would both be agent-a. Choose another name",
        ],
        [
            "one Secret for two clusters, at the one that names it",
            environment({ a: spoke({ clusterSecret: "cluster-b" }), b: spoke(), c: spoke({ clusterSecret: "cluster-b" }) }),
            "clusters.a.clusterSecret: a and b would both be the cluster Secret cluster-b. Remove it, or name another Secret",
            "clusters.c.clusterSecret: a and c would both be the cluster Secret cluster-b. Remove it, or name another Secret",
        ],
        [
            "previews with Argo CD's own identity",
            environment({ a: spoke(), b: aws(argocd) }, { previewers: argocd }),
            "previewers.name: is the identity of Argo CD too (clusters.b.credentials.subject), which may write. Choose another",
        ],
        ["a group of that name for previews", environment({ b: aws(argocd) }, { previewers: { ...argocd, kind: "Group" } })],
        ["another user for previews", environment({ b: aws(argocd) }, { previewers: { ...argocd, name: "previews" } })],
        [
            "two authorities of a store",
            environment({ a: spoke() }, vault({ ca: pem, caProvider: { type: "Secret", name: "vault-ca" } })),
            "secrets.store.caProvider: excludes ca, and both are set. Remove one of the two",
        ],
        ["one authority of a store", environment({ a: spoke() }, vault({ ca: pem }))],
        [
            "a chart of an operator that stands",
            environment({ a: spoke() }, operator({ source: "existing", version: "0.18.2" })),
            "secrets.operator: is already on the spokes, so its chart has no effect. Remove path and version",
        ],
        ["an operator that stands", environment({ a: spoke() }, operator({ source: "existing" }))],
        ["a chart at a path", environment({ a: spoke() }, operator({ path: "./charts/eso" }))],
        ...[{ ca: pem }, { serverName: "api.example.com" }].map((more): Case => [
            `no verification with ${Object.keys(more).join()}`,
            environment({ a: spoke({ tls: { insecureSkipTlsVerify: true, ...more } }) }, { production: false }),
            "clusters.a.tls.insecureSkipTlsVerify: turns off verification, so ca and serverName have no effect. Remove it, or remove them",
        ]),
        ["a CA and a name, with verification", environment({ a: spoke({ tls: { ca: pem, serverName: "api.example.com" } }) })],
        [
            "more tokens than the current and the previous one",
            environment({ a: spoke({ credentials: { type: "token", generation: 7, retired: 3 } }) }),
            "clusters.a.credentials.retired: asks for 4 tokens, and the limit is two: the current and the previous one. " +
                "Write 5, or 6 for no overlap",
        ],
        [
            "a prefix that makes Argo CD an account of the spoke",
            environment({ a: spoke({ credentials: { type: "federated", usernamePrefix: "system:hub" } }) }),
            'clusters.a.credentials.usernamePrefix: begins with "system:", so that Argo CD could have the name of an account of ' +
                'the spoke. Write for example "hub:"',
        ],
        ["a prefix with that word elsewhere", environment({ a: spoke({ credentials: { type: "federated", usernamePrefix: "hub:system:" } }) })],
        [
            "a proxy with a login",
            environment({ a: spoke({ proxyUrl: "http://ada:secret@proxy.example.com:3128" }) }),
            "clusters.a.proxyUrl: contains a credential, and a stack file is in Git. Remove the credential",
        ],
        ["the shortest life of a token", environment({ a: spoke({ credentials: { type: "token", lifetime: "600s" } }) })],
        [
            "a shorter life of a token",
            environment({ a: spoke({ credentials: { type: "token", lifetime: "599s" } }) }),
            "clusters.a.credentials.lifetime: is shorter than Kubernetes allows. Write at least 10m",
        ],
    ]);
});
