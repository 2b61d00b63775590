import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { kubectl } from "../../lab/kubectl";
import { toolPath } from "../../lab/tools";
import { renderChart, valuesFiles } from "../../scripts/rules";

/** Kinds of the chart whose CRDs no cluster of the lab has. */
const absentKinds = ["ExternalSecret", "HTTPRoute", "ServiceMonitor"];

/** Gives objects to staging's API server, which validates and admits them as if it kept them. */
async function dryRun(objects: readonly object[]): Promise<string> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-dry-run-"));
    const file = path.join(folder, "objects.yaml");
    try {
        fs.writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"));
        return await kubectl("staging", [
            "apply", "--namespace=agent", "--dry-run=server", "--validate=strict", "--warnings-as-errors",
            `--filename=${file}`,
        ]);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

async function refusal(object: object): Promise<string> {
    return dryRun([object]).then(
        (output) => {
            throw new Error(`the API server accepts it: ${output}`);
        },
        (error: Error) => error.message,
    );
}

/** A pod that passes the restricted standard, with a change. */
function pod(changes: { securityContext?: object; requests?: object; priorityClassName?: string } = {}): object {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "probe" },
        spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
                {
                    name: "probe",
                    image: "example.com/probe:1",
                    securityContext: {
                        allowPrivilegeEscalation: false,
                        capabilities: { drop: ["ALL"] },
                        ...changes.securityContext,
                    },
                    resources: { requests: changes.requests ?? {} },
                },
            ],
        },
    };
}

describe("the agent's namespace on a spoke", () => {
    for (const values of valuesFiles()) {
        it(`admits all that the chart renders with ${values}, without a warning`, async () => {
            const objects = parseAllDocuments(await renderChart(toolPath("helm"), values)).map(
                (document) => document.toJS() as { kind: string },
            );
            const known = objects.filter(({ kind }) => !absentKinds.includes(kind));
            const output = await dryRun(known);
            expect(output.trim().split("\n")).to.have.length(known.length);
        });
    }

    it("refuses a pod that the restricted standard forbids, and admits it restricted", async () => {
        expect(await dryRun([pod()])).to.include("pod/probe created");
        expect(await refusal(pod({ securityContext: { privileged: true, allowPrivilegeEscalation: true } }))).to.match(
            /violates PodSecurity "restricted:latest": .*privileged/,
        );
    });

    it("refuses a pod that its quota does not hold", async () => {
        expect(await refusal(pod({ requests: { cpu: "9" } }))).to.match(/exceeded quota: agent, requested: requests.cpu=9/);
    });

    it("is not Argo CD's to widen", async () => {
        for (const kind of ["namespaces", "resourcequotas", "limitranges"]) {
            const answer = await kubectl("staging", [
                "auth", "can-i", "update", kind, "--namespace=agent",
                "--as=system:serviceaccount:argocd-manager:argocd-manager",
            ]).catch((error: Error) => error.message);
            expect(answer, kind).to.match(/no\s*$/);
        }
    });
});
