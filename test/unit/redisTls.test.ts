import { expect } from "chai";
import { ownValues } from "../../components/argoCd/values";
import { refuseTlsTooEarly } from "../../preflight/hub";
import { bringUpHub, hubSettings } from "./support/hub";
import { one } from "./support/mocks";

const flags = ["--redis-use-tls", "--redis-ca-certificate=/app/config/redis-tls/ca.crt"];

describe("TLS between Argo CD and Redis' proxies", () => {
    const values = (more: object) => JSON.stringify(ownValues({ settings: hubSettings(more), serviceMonitors: false }));

    it("is off by default", () => {
        expect(values({})).not.to.include("redis-tls").and.not.to.include("redis-use-tls");
    });

    it("has one certificate, which HAProxy serves and each component that calls Redis trusts", async () => {
        await bringUpHub({ redisTls: true });
        const { inputs } = one("kubernetes:cert-manager.io/v1:Certificate", "argocd-redis-tls-certificate");
        expect(inputs.spec).to.deep.include({
            secretName: "argocd-redis-tls",
            dnsNames: ["argocd-redis-ha-haproxy"],
            additionalOutputFormats: [{ type: "CombinedPEM" }],
        });
        const release = one("kubernetes:helm.sh/v3:Release", "argocd-release").inputs.values as Record<string, unknown>;
        expect(release).to.have.deep.nested.property("redis-ha.haproxy.tls", {
            enabled: true,
            secretName: "argocd-redis-tls",
            keyName: "tls-combined.pem",
        });
        for (const component of ["controller", "server", "repoServer"]) {
            const { extraArgs, volumes } = release[component] as { extraArgs: string[]; volumes: object[] };
            expect(extraArgs, component).to.include.members(flags);
            // The private key stays with HAProxy.
            expect(JSON.stringify(volumes), component).to.include('"items":[{"key":"ca.crt","path":"ca.crt"}]');
        }
    });

    it("is for the name that an adopted release gives the proxies", async () => {
        await bringUpHub({ redisTls: true, adoptedRelease: "argo-cd" });
        const { inputs } = one("kubernetes:cert-manager.io/v1:Certificate", "argocd-redis-tls-certificate");
        expect(inputs.spec).to.deep.include({ dnsNames: ["argo-cd-redis-ha-haproxy"] });
    });

    it("is refused where nothing can issue or serve the certificate", () => {
        const given = (more: object) => () => hubSettings({ redisTls: true, ...more });
        expect(given({ availability: "single" })).to.throw(/hubspoke:redisTls: needs the proxies of Redis/);
        expect(given({ certificates: { issuer: "none" } })).to.throw(/hubspoke:redisTls: needs cert-manager/);
        expect(() => refuseTlsTooEarly({ redisTls: true }, ["apps"])).to.throw(/the hub has none yet\. Run `pulumi up`/);
        refuseTlsTooEarly({ redisTls: true }, ["cert-manager.io"]);
        refuseTlsTooEarly({ redisTls: false }, []);
    });
});
