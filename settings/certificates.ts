import { z } from "zod";
import type { Problem } from "./given";
import { dnsLabel, text } from "./kinds";

/** Settings for the hub's certificate, and for how users reach Argo CD. */

const email = z
    .email('must be an e-mail address, to which the issuer sends warnings. Write for example "ops@example.com"')
    .meta({ description: "E-mail address of the ACME account.", examples: ["ops@example.com"] });

/** How an ACME issuer verifies the domain (cert-manager.io/docs/configuration/acme). */
const solver = z
    .strictObject({
        http01: z
            .strictObject({
                class: text("the class of the Ingress that answers the issuer", "nginx").describe(
                    "IngressClass of the Ingress that answers the challenge.",
                ),
            })
            .describe("Use the HTTP-01 challenge.")
            .optional(),
        dns01: z
            .record(z.string(), z.unknown(), "must be cert-manager's map for one DNS provider")
            .meta({
                description: "Use the DNS-01 challenge. The value is the field `dns01` of a cert-manager solver.",
                examples: [{ route53: { region: "eu-west-1" } }],
            })
            .optional(),
    })
    .refine(({ http01, dns01 }) => (http01 === undefined) !== (dns01 === undefined), {
        error: "must be exactly one of http01 and dns01. Write for example `http01: { class: nginx }`",
    })
    .describe("How the ACME server verifies the domain. Set exactly one of `http01` and `dns01`.");

const certManager = z
    .strictObject({
        source: z
            .enum(["install", "existing"], 'must be "install" or "existing". Write one of these')
            .describe("`install`: the program installs cert-manager on the hub. `existing`: the hub has it.")
            .default("install"),
        namespace: dnsLabel("the namespace of cert-manager", "cert-manager")
            .describe("Namespace of the existing cert-manager. The default is `cert-manager`.")
            .optional(),
        path: text("a chart's folder or archive", "./charts/cert-manager")
            .describe("Local folder or archive of the chart, instead of the chart repository.")
            .optional(),
        version: z
            .string()
            .regex(/^v?\d+\.\d+\.\d+$/, 'is not an exact version. Write for example "v1.21.2"')
            .meta({ description: "Version of the chart in the chart repository.", examples: ["v1.21.2"] })
            .optional(),
    })
    .superRefine(({ source, namespace, path, version }, context) => {
        const issue = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
        if (source === "install" && namespace !== undefined) {
            issue("namespace", 'is for source: existing; the program installs in "cert-manager". Remove it, or set that too');
        }
        for (const [key, value] of Object.entries(source === "existing" ? { path, version } : {})) {
            if (value !== undefined) {
                issue(key, "says what to install, and source is existing. Remove one of the two");
            }
        }
    })
    .describe("The cert-manager of the hub, which issues the certificate.")
    .prefault({});

export const certificates = z
    .discriminatedUnion(
        "issuer",
        [
            z.strictObject({
                issuer: z.literal("own").describe("cert-manager issues it, with a certificate authority of the hub's own."),
                certManager,
            }),
            z.strictObject({
                issuer: z.literal("acme").describe("cert-manager issues it, by an ACME server."),
                certManager,
                email,
                server: z
                    .url({ protocol: /^https$/, error: "is not a valid HTTPS URL of an ACME directory" })
                    .meta({
                        description: "Directory URL of the ACME server. The default is Let's Encrypt.",
                        examples: ["https://acme-staging-v02.api.letsencrypt.org/directory"],
                    })
                    .default("https://acme-v02.api.letsencrypt.org/directory"),
                solver,
                dnsSecret: z
                    .record(z.string(), z.string().meta({ writeOnly: true }))
                    .meta({
                        description:
                            "Credentials for the DNS provider. The program writes them to the Secret `acme-dns` " +
                            "in the namespace of cert-manager. Refer to that Secret in `dns01`.",
                        examples: [{ "api-token": { secure: "v1:…" } }],
                    })
                    .optional(),
            }),
            z.strictObject({
                issuer: z.literal("existing").describe("The hub has cert-manager and a ClusterIssuer."),
                clusterIssuer: text("the ClusterIssuer's name", "letsencrypt").describe("Name of the ClusterIssuer."),
            }),
            z.strictObject({ issuer: z.literal("none").describe("TLS ends before the hub, for example at a load balancer.") }),
        ],
        'must be "own", "acme", "existing", or "none" if TLS ends before the hub. Write one of these',
    )
    .describe(
        "Who issues the certificate of Argo CD's web interface. With `own` and `acme` the program installs cert-manager on " +
            "the hub, unless `certManager.source` is `existing`.",
    )
    .prefault({ issuer: "own" });

export const ingress = z
    .discriminatedUnion(
        "kind",
        [
            z.strictObject({
                kind: z.literal("ingress").describe("The program creates an Ingress."),
                class: text("the IngressClass", "nginx").describe("Name of the IngressClass."),
                annotations: z
                    .record(z.string(), z.string())
                    .meta({
                        description: "Annotations of the Ingress.",
                        examples: [{ "nginx.ingress.kubernetes.io/whitelist-source-range": "192.0.2.0/24" }],
                    })
                    .default({}),
            }),
            z.strictObject({
                kind: z.literal("gateway").describe("The program creates a Gateway and an HTTPRoute."),
                class: text("the GatewayClass", "envoy").describe("Name of the GatewayClass."),
            }),
        ],
        'must be "ingress" or "gateway". Write one of these',
    )
    .describe("How users reach Argo CD. Without it, the program creates no Ingress and no Gateway.")
    .optional();

/** What of the certificate does not fit how users reach Argo CD. */
export function entranceProblems({
    certificates,
    ingress,
}: {
    readonly certificates: CertificateSettings;
    readonly ingress?: IngressSettings;
}): Problem[] {
    if (certificates.issuer === "none" && ingress?.kind === "gateway") {
        const message = 'is "none", and a Gateway needs a certificate. Choose an issuer';
        return [{ path: ["certificates", "issuer"], message }];
    }
    if (certificates.issuer === "acme" && certificates.solver.http01 !== undefined && ingress === undefined) {
        const message =
            "needs users' requests to reach the hub, and without `ingress` nothing leads there. Set ingress, write dns01, or " +
            'write issuer "none" or "own"';
        return [{ path: ["certificates", "solver", "http01"], message }];
    }
    return [];
}

/** Who issues the hub's certificate. */
export type CertificateSettings = z.output<typeof certificates>;

/** How users reach Argo CD; undefined if the program creates no Ingress and no Gateway. */
export type IngressSettings = z.output<typeof ingress>;
