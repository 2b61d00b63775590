import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { parse, parseAllDocuments } from "yaml";
import { projectRoot } from "../../lab/paths";

interface Stage {
    readonly kind: string;
    readonly spec: { readonly resourceRef: object; readonly next: { readonly statusTemplate: string } };
}

const file = path.join(projectRoot, "lab", "simulation", "stages.yaml");

describe("simulation: kwok's extra stages", () => {
    const stages = parseAllDocuments(fs.readFileSync(file, "utf8")).map((document) => document.toJS() as Stage);

    it("leave nodes and pods to kwok's own stages", () => {
        expect(stages.map(({ kind, spec }) => [kind, spec.resourceRef])).to.deep.equal([
            ["Stage", { apiGroup: "networking.k8s.io/v1", kind: "Ingress" }],
        ]);
    });

    it("give Ingresses an address that belongs to nobody", () => {
        const status: unknown = parse(stages[0]!.spec.next.statusTemplate);
        expect(status).to.deep.equal({ loadBalancer: { ingress: [{ ip: "192.0.2.10" }] } });
    });
});
