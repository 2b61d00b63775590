import { z } from "zod";
import { text } from "./kinds";

/** Settings of the hub's certificate, and of the way by which people reach Argo CD. */

const email = z.email('is missing or no e-mail address, by which the issuer warns. Write for example "ops@example.com"');

/** How an ACME issuer sees that the domain is ours (cert-manager.io/docs/configuration/acme). */
const solver = z
    .strictObject({
        http01: z
            .strictObject({ class: text("the class of the Ingress that answers the issuer", "nginx") })
            .optional(),
        /** As in cert-manager's `dns01`, for example `route53: { region: eu-west-1 }`. */
        dns01: z.record(z.string(), z.unknown(), "is cert-manager's map for one DNS provider").optional(),
    })
    .refine(({ http01, dns01 }) => (http01 === undefined) !== (dns01 === undefined), {
        error: "is exactly one of http01 and dns01. Write for example `http01: { class: nginx }`",
    });

const certManager = z
    .strictObject({
        path: text("a chart's folder or archive", "./charts/cert-manager").optional(),
        version: z.string().regex(/^v?\d+\.\d+\.\d+$/, 'is no exact version. Write for example "v1.21.2"').optional(),
    })
    .default({});

export const certificates = z
    .discriminatedUnion(
        "issuer",
        [
            z.strictObject({ issuer: z.literal("own"), certManager }),
            z.strictObject({
                issuer: z.literal("acme"),
                certManager,
                email,
                server: z
                    .url({ protocol: /^https$/, error: "is no https URL of an ACME directory" })
                    .default("https://acme-v02.api.letsencrypt.org/directory"),
                solver,
                /** Becomes the Secret `acme-dns` beside cert-manager, for `dns01` to name. */
                dnsSecret: z.record(z.string(), z.string()).optional(),
            }),
            z.strictObject({
                issuer: z.literal("existing"),
                clusterIssuer: text("the ClusterIssuer's name", "letsencrypt"),
            }),
            z.strictObject({ issuer: z.literal("none") }),
        ],
        'is "own", "acme", "existing", or "none" where TLS ends elsewhere. Write one of these',
    )
    .default({ issuer: "own", certManager: {} });

export const ingress = z
    .discriminatedUnion(
        "kind",
        [
            z.strictObject({
                kind: z.literal("ingress"),
                class: text("the IngressClass", "nginx"),
                annotations: z.record(z.string(), z.string()).default({}),
            }),
            z.strictObject({ kind: z.literal("gateway"), class: text("the GatewayClass", "envoy") }),
        ],
        'is "ingress" or "gateway". Write one of these',
    )
    .optional();

/** Who issues the hub's certificate. */
export type CertificateSettings = z.output<typeof certificates>;

/** How people reach Argo CD; undefined where the program makes no way in. */
export type IngressSettings = z.output<typeof ingress>;
