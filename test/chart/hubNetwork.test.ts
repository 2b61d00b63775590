import { expect } from "chai";
import { solverPolicy } from "../../components/argoCd/certManager";
import { egressPolicies } from "../../components/argoCd/egress";
import { clientsOfRedis, notified, Rendered, settingsOf, testCharts } from "./support/hub";
import { type KubeObject, reaches, type Workload } from "./support/objects";

testCharts("a hub's network", (chart) => {
    it("gives people access by an Ingress with the hub's certificate, and by no other way", async () => {
        const { objects } = await Rendered.from(chart, { ingress: { kind: "ingress", class: "nginx" } });
        const ingress = objects.filter(({ kind }) => kind === "Ingress" || kind === "HTTPRoute");
        expect(ingress.map(({ spec }) => spec)).to.deep.equal([
            {
                ingressClassName: "nginx",
                rules: [{ host: "argocd.example.com", http: { paths: [path(80)] } }],
                tls: [{ hosts: ["argocd.example.com"], secretName: "argocd-server-tls" }],
            },
        ]);
        const ended = await Rendered.from(chart, {
            certificates: { issuer: "none" },
            ingress: { kind: "ingress", class: "alb" },
        });
        expect(ended.objects.find(({ kind }) => kind === "Ingress")?.spec).not.to.have.property("tls");
    });

    it("gives people access by an HTTPRoute of the program's Gateway", async () => {
        const { objects } = await Rendered.from(chart, { ingress: { kind: "gateway", class: "envoy" } });
        const routes = objects.filter(({ kind }) => kind === "Ingress" || kind === "HTTPRoute");
        expect(routes).to.have.length(1);
        expect(routes[0]?.spec).to.deep.include({
            parentRefs: [{ name: "argocd", sectionName: "https" }],
            hostnames: ["argocd.example.com"],
        });
    });

    it("lets an Ingress controller reach the solver of HTTP-01 on its port, and no other pod or port", async () => {
        const rendered = await Rendered.from(chart, {});
        const { objects } = rendered;
        const policy = { kind: "NetworkPolicy", ...solverPolicy("argocd") } as unknown as KubeObject;
        const solver = solverPod({ "acme.cert-manager.io/http01-solver": "true" });
        const outsider = solverPod({ "app.kubernetes.io/name": "ingress-nginx" });
        const redis = rendered.workload("argocd-redis-ha-server");
        expect(reaches(objects, outsider, solver, 8089), "denied by default").to.equal(false);
        const allowed = [...objects, policy];
        expect(reaches(allowed, outsider, solver, 8089)).to.equal(true);
        expect(reaches(allowed, outsider, solver, 8090)).to.equal(false);
        expect(reaches(allowed, outsider, redis, 8089)).to.equal(false);
    });

    it("has the pods for which there are limits of outgoing connections, and no other Argo CD's", async () => {
        const { objects, workloads } = await Rendered.from(chart, notified);
        const egress = settingsOf({ egress: { hub: [{ cidr: "10.0.0.0/8" }], git: [{ cidr: "10.0.0.0/8" }] } }).egress!;
        const policies = egressPolicies("argocd", egress).map((policy) => policy.spec.podSelector.matchLabels);
        const selected = policies.map((wanted) =>
            workloads.filter(({ labels }) => Object.entries(wanted).every(([key, value]) => labels[key] === value)),
        );
        const limited = selected.flatMap((found) => found.map(({ name }) => name));
        const limitedByChart = objects
            .filter(({ kind, spec }) => kind === "NetworkPolicy" && "egress" in spec)
            .map(({ metadata }) => metadata.name);
        expect(limitedByChart).to.have.members(["argocd-redis-ha-haproxy-network-policy", "argocd-redis-ha-network-policy"]);
        const others = workloads.map(({ name }) => name).filter((name) => !name.startsWith("argocd-redis-ha-"));
        expect(limited.sort()).to.deep.equal(others.sort());
    });

    it("speaks TLS to the proxies of Redis, by the name of their certificate, if the settings say so", async () => {
        const hub = await Rendered.from(chart, { redisTls: true });
        expect(hub.configMap("argocd-cmd-params-cm")).to.include({ "redis.server": "argocd-redis-ha-haproxy:6379" });
        const bind = /bind \[::\]:6379 ssl crt \/tmp\/tls-combined\.pem/;
        expect(hub.configMap("argocd-redis-ha-configmap")["haproxy.cfg"]).to.match(bind);
        const proxy = JSON.stringify(hub.workload("argocd-redis-ha-haproxy").pod);
        expect(proxy).to.include('{"name":"pemfile","secret":{"secretName":"argocd-redis-tls"}}');
        for (const client of clientsOfRedis) {
            const text = JSON.stringify(hub.workload(client).pod);
            expect(text, client).to.include('"--redis-use-tls","--redis-ca-certificate=/app/config/redis-tls/ca.crt"');
            expect(text, client).to.include('"mountPath":"/app/config/redis-tls"');
        }
    });
});

/** A pod with these labels, of which only its network policies count. */
function solverPod(labels: Record<string, string>): Workload {
    return { name: "", kind: "Pod", replicas: 1, spec: {}, labels, pod: { containers: [] }, drainable: undefined };
}

function path(port: number) {
    return { path: "/", pathType: "Prefix", backend: { service: { name: "argocd-server", port: { number: port } } } };
}
