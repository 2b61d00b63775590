import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { packageChart } from "../argocd/chart";

const manifests = `
kind: CustomResourceDefinition
metadata:
  labels:
    app.kubernetes.io/part-of: argocd
  name: applications.argoproj.io
spec:
  description: a name such as {{name}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
data:
  resource.exclusions: |
    - kinds: [Lease]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-ssh-known-hosts-cm
data:
  ssh_known_hosts: |
    example.com ssh-ed25519 AAAA
---
apiVersion: v1
kind: Secret
metadata:
  name: argocd-secret
type: Opaque
---
kind: ClusterRoleBinding
metadata:
  name: argocd-server
subjects:
- kind: ServiceAccount
  name: argocd-server
  namespace: argocd
---
kind: Service
metadata:
  name: argocd-dex-server
---
kind: Deployment
metadata:
  name: argocd-notifications-controller
spec:
  template:
    spec:
      containers:
      - args:
        - /usr/local/bin/argocd-notifications
---
kind: Deployment
metadata:
  name: argocd-server
spec:
  template:
    spec:
      containers:
      - args:
        - /usr/local/bin/argocd-server
        env:
        - name: ANSWER
          value: "yes"
        image: quay.io/argoproj/argocd:v3.6.1
`;

describe("the lab's argo-cd chart", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "lab-chart-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    async function packaged(text = manifests, name = "out"): Promise<string> {
        mkdirSync(path.join(folder, "manifests/ha"), { recursive: true });
        writeFileSync(path.join(folder, "manifests/ha/install.yaml"), text);
        return packageChart(folder, path.join(folder, name));
    }

    async function template(file: string): Promise<string> {
        return readFileSync(path.join(await packaged(), "templates/upstream", file), "utf8");
    }

    it("has its name, its sources and Argo CD's version", async () => {
        const chart: unknown = parse(readFileSync(path.join(await packaged(), "Chart.yaml"), "utf8"));
        expect(chart).to.include({ name: "argo-cd", version: "10.1.1-upstream-manifests", appVersion: "v3.6.1" });
    });

    it("has the same bytes each time, and replaces an earlier chart completely", async () => {
        const first = contents(await packaged());
        writeFileSync(path.join(folder, "out/argo-cd/templates/stale.yaml"), "stale");
        expect(contents(await packaged())).to.deep.equal(first);
        expect(contents(await packaged(manifests, "elsewhere"))).to.deep.equal(first);
        expect(readdirSync(path.join(folder, "out"))).to.deep.equal(["argo-cd"]);
    });

    it("makes the ConfigMaps and Secrets of settings from values, not from upstream", async () => {
        const files = readdirSync(path.join(await packaged(), "templates/upstream"));
        expect(files).to.have.members([
            "clusterrolebinding-argocd-server.yaml",
            "customresourcedefinition-applications.argoproj.io.yaml",
            "deployment-argocd-notifications-controller.yaml",
            "deployment-argocd-server.yaml",
            "service-argocd-dex-server.yaml",
        ]);
    });

    it("takes upstream's argocd-cm and known hosts as defaults", async () => {
        const chart = await packaged();
        const values = parse(readFileSync(path.join(chart, "values.yaml"), "utf8")) as {
            configs: { cm: Record<string, unknown> };
        };
        expect(values.configs.cm).to.include({
            "resource.exclusions": "- kinds: [Lease]\n",
            "timeout.reconciliation": "120s",
        });
        expect(readFileSync(path.join(chart, "files/ssh_known_hosts"), "utf8")).to.equal("example.com ssh-ed25519 AAAA");
    });

    it("has ClusterRoles and their bindings only as the value says", async () => {
        const text = await template("clusterrolebinding-argocd-server.yaml");
        expect(text).to.match(/^\{\{- if \.Values\.createClusterRoles \}\}/);
    });

    it("puts the release's namespace in place of upstream's", async () => {
        const text = await template("clusterrolebinding-argocd-server.yaml");
        expect(text).to.include("namespace: {{ .Release.Namespace }}\n").and.not.include("namespace: argocd");
    });

    it("adds the values' flags and environment after upstream's own", async () => {
        const text = await template("deployment-argocd-server.yaml");
        expect(text).to.include(
            [
                "            - /usr/local/bin/argocd-server",
                "{{- with .Values.server.extraArgs }}",
                "{{- toYaml . | nindent 12 }}",
                "{{- end }}",
                "          env:",
                '{{- include "lab.env" (dict "root" $ "workload" "argocd-server" "values" .Values.server.env) | nindent 12 }}',
            ].join("\n"),
        );
        const env = readFileSync(path.join(folder, "out/argo-cd/files/env/argocd-server.yaml"), "utf8");
        expect(env).to.equal('- name: ANSWER\n  value: "yes"\n');
    });

    it("adds the values' volumes to what connects to spokes", async () => {
        const text = await template("deployment-argocd-server.yaml");
        const listed = (key: string, indent: number) =>
            `${key}:\n{{- with .Values.server.${key} }}\n{{- toYaml . | nindent ${indent} }}\n{{- end }}`;
        expect(text).to.include(listed("volumeMounts", 12)).and.to.include(listed("volumes", 8));
        expect(await template("deployment-argocd-notifications-controller.yaml")).not.to.include("volume");
    });

    it("disables notifications and dex by values", async () => {
        const notifications = await template("deployment-argocd-notifications-controller.yaml");
        expect(notifications).to.match(/^\{\{- if \.Values\.notifications\.enabled \}\}\n[^]*\{\{- end \}\}\n$/);
        expect(notifications).to.include("- --secret-name={{ .Values.notifications.secret.name }}\n");
        expect(await template("service-argocd-dex-server.yaml")).to.match(/^\{\{- if \.Values\.dex\.enabled \}\}/);
    });

    it("keeps CRDs if the values say so, and escapes text in the form of a template", async () => {
        const text = await template("customresourcedefinition-applications.argoproj.io.yaml");
        expect(text).to.match(/^\{\{- if \.Values\.crds\.install \}\}/);
        expect(text).to.include('{{- if .Values.crds.keep }}\n    "helm.sh/resource-policy": keep\n{{- end }}');
        expect(text).to.include("{{- with .Values.crds.annotations }}\n{{- toYaml . | nindent 4 }}\n{{- end }}");
        expect(text).to.include('a name such as {{ "{{" }}name}}');
    });

    it("leaves no placeholder", async () => {
        for (const [file, text] of Object.entries(contents(await packaged()))) {
            expect(text, file).to.not.match(/@@|@INDENT@/);
        }
    });

    it("refuses manifests that it does not understand", async () => {
        const failure = await packaged(manifests.replace(":v3.6.1", "@sha256:0")).then(
            () => undefined,
            (error: Error) => error.message,
        );
        expect(failure).to.match(/argocd-server's image .*@sha256:0 .* does not end in a version/);
    });
});

function contents(folder: string): Record<string, string> {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
        files.map((file) => {
            const whole = path.join(file.parentPath, file.name);
            return [path.relative(folder, whole), readFileSync(whole, "utf8")];
        }),
    );
}
