import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { storeToken } from "../../components/agent/secretStore";
import { projectRoot } from "../../lab/paths";
import { bringUpHub } from "./support/hub";
import { everything, mockPulumi, settled } from "./support/mocks";
import { registerClusters } from "./support/register";

const previewers = { kind: "Group", name: "hubspoke-previewers" };
const cluster = { prod: { context: "prod", labels: { region: "eu" } } };

interface RoleOrBinding {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly rules?: readonly {
        readonly apiGroups: readonly string[];
        readonly resources: readonly string[];
        readonly verbs: readonly string[];
    }[];
}

/** What an object says, in one form, whoever wrote it. */
function plain({ kind, metadata: { name, namespace }, ...rest }: RoleOrBinding) {
    return { kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, ...rest };
}

function committed(file: string) {
    return parseAllDocuments(readFileSync(path.join(projectRoot, "docs", "rbac", file), "utf8")).map((document) => {
        const { kind, metadata, rules, roleRef, subjects } = document.toJS() as Record<string, unknown>;
        return plain({ kind, metadata, ...(rules ? { rules } : { roleRef, subjects }) } as RoleOrBinding);
    });
}

function made() {
    const own = everything().filter(({ type, name }) => /:(Cluster)?Role(Binding)?$/.test(type) && name.includes("preview"));
    return own.map(({ inputs: { kind, metadata, rules, roleRef, subjects } }) =>
        plain({ kind, metadata, ...(rules ? { rules } : { roleRef, subjects }) } as RoleOrBinding),
    );
}

describe("whoever previews", () => {
    it("gets on the hub what docs/rbac/preview-hub.yaml says, where the settings ask for it", async () => {
        await bringUpHub({ previewers });
        expect(made()).to.have.deep.members(committed("preview-hub.yaml"));
        await bringUpHub();
        expect(made()).to.deep.equal([]);
    });

    it("gets on a spoke what docs/rbac/preview-spoke.yaml says, where the settings ask for it", async () => {
        await mockPulumi();
        registerClusters("prod", cluster, "files", {}, { previewers });
        await settled();
        expect(made()).to.have.deep.members(committed("preview-spoke.yaml"));
        await mockPulumi();
        registerClusters("prod", cluster);
        await settled();
        expect(made()).to.deep.equal([]);
    });

    it("may read, and nothing else", () => {
        const rules = [...committed("preview-hub.yaml"), ...committed("preview-spoke.yaml")].flatMap(({ rules: own = [] }) => own);
        expect(rules.length).to.be.greaterThan(15);
        for (const { apiGroups, resources, verbs } of rules) {
            expect(["get", "list"]).to.include.members([...verbs]);
            expect([...apiGroups, ...resources]).not.to.include("*");
        }
    });

    it("may read of the agent's Secrets the store's token alone, whose drift is looked for", () => {
        const agent = committed("preview-spoke.yaml").find(({ kind, metadata }) => kind === "Role" && metadata.namespace === "agent");
        const secrets = agent?.rules?.filter(({ resources }) => resources.includes("secrets"));
        expect(secrets).to.deep.equal([
            { apiGroups: [""], resources: ["secrets"], resourceNames: [storeToken.name], verbs: ["get"] },
        ]);
    });

    it("gets on a spoke no right that the stack's own identity lacks, which Kubernetes would refuse", () => {
        type Rules = NonNullable<RoleOrBinding["rules"]>;
        const allowed = (rules: Rules) =>
            rules.flatMap(({ apiGroups, resources, verbs }) =>
                apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
            );
        const rulesOf = (file: string) => committed(file).flatMap(({ rules = [] }) => rules);
        expect(allowed(rulesOf("spoke.yaml"))).to.include.members(allowed(rulesOf("preview-spoke.yaml")));
    });
});
