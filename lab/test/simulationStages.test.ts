import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { parse, parseAllDocuments } from "yaml";
import { projectRoot } from "../paths";

interface Stage {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec: {
        readonly resourceRef: object;
        readonly selector: { readonly matchExpressions: readonly { readonly key: string }[] };
        readonly weight?: number;
        readonly next: { readonly statusTemplate: string };
    };
}

const file = path.join(projectRoot, "lab", "simulation", "stages.yaml");

describe("simulation: kwok's extra stages", () => {
    const stages = parseAllDocuments(fs.readFileSync(file, "utf8")).map((document) => document.toJS() as Stage);

    it("leave nodes to kwok's own stages, and all pods except those whose image cannot be pulled", () => {
        expect(stages.map(({ kind, metadata, spec }) => [kind, metadata.name, spec.resourceRef])).to.deep.equal([
            ["Stage", "ingress-address", { apiGroup: "networking.k8s.io/v1", kind: "Ingress" }],
            ["Stage", "pod-image-broken", { apiGroup: "v1", kind: "Pod" }],
        ]);
    });

    it("give Ingresses an address that no machine has", () => {
        const status: unknown = parse(stages[0]!.spec.next.statusTemplate);
        expect(status).to.deep.equal({ loadBalancer: { ingress: [{ ip: "192.0.2.10" }] } });
    });

    it("delay pods with a broken image before kwok's own stage, which has no weight, makes them ready", () => {
        const { selector, weight, next } = stages[1]!.spec;
        const images = selector.matchExpressions.filter(({ key }) => key.includes(".image"));
        expect(images).to.deep.equal([
            { key: '.spec.containers.[] | select(.image | test(":broken")) | .image', operator: "Exists" },
        ]);
        expect(weight).to.equal(1);
        expect(next.statusTemplate).to.include("phase: Pending").and.to.include("reason: ImagePullBackOff");
        expect(next.statusTemplate).not.to.match(/type: Ready\n.*status: "True"/);
    });
});
