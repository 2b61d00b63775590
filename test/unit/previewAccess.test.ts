import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { storeToken } from "../../components/applications/secretStore";
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

const rbac = path.join(projectRoot, "docs", "rbac");

function committed(file: string) {
    return parseAllDocuments(readFileSync(path.join(rbac, file), "utf8")).map((document) => {
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

describe("a previewer", () => {
    it("gets on the hub the rights in docs/rbac/preview-hub.yaml, if the settings request it", async () => {
        await bringUpHub({ previewers, certificates: { issuer: "none" } });
        expect(made()).to.have.deep.members(committed("preview-hub.yaml"));
        await bringUpHub();
        expect(made()).to.deep.equal([]);
    });

    it("gets on the hub the rights in docs/rbac/preview-hub-charts.yaml, if the program installs these charts", async () => {
        const traffic = { active: "prod", externalDns: { mode: "install", provider: "aws" } };
        await bringUpHub({ previewers, certificates: { issuer: "own" }, traffic });
        expect(made()).to.have.deep.members([...committed("preview-hub.yaml"), ...committed("preview-hub-charts.yaml")]);
    });

    const local = { type: "kubernetes", namespace: "agent-secrets" };
    const vault = { type: "vault", server: "https://vault.example.com" };
    const identity = { credentials: { type: "gcp", subject: { kind: "User", name: "argocd" } } };
    const existing = { source: "existing" };
    const setups: { name: string; cluster?: object; settings?: object; files: string[]; without?: string }[] = [
        { name: "a token", files: [] },
        { name: "a cloud's identity", cluster: identity, files: ["identity"], without: "argocd-manager" },
        { name: "an operator that is installed", settings: { secrets: { store: vault } }, files: ["operator"] },
        {
            name: "a store of the spoke's own",
            settings: { secrets: { operator: existing, store: local } },
            files: ["store"],
        },
        { name: "a store elsewhere", settings: { secrets: { operator: existing, store: vault } }, files: [] },
        {
            name: "the rights of the whole cluster",
            cluster: { permissions: { scope: "cluster", admin: true, namespaces: ["shop"] } },
            files: ["cluster"],
        },
        {
            name: "kinds of the whole cluster, and a namespace of others",
            cluster: {
                permissions: { scope: "cluster", kinds: [{ apiGroup: "apps", resources: ["daemonsets"] }], namespaces: ["shop"] },
            },
            files: ["cluster", "namespaces"],
        },
    ];
    for (const { name, cluster: more, settings, files, without } of setups) {
        it(`gets with ${name} what ${["preview-spoke", ...files].join(" and ")} say`, async () => {
            await mockPulumi();
            registerClusters("prod", { prod: { ...cluster.prod, ...more } }, "files", {}, { previewers, ...settings });
            await settled();
            const said = ["preview-spoke.yaml", ...files.map((file) => `preview-spoke-${file}.yaml`)].flatMap(committed);
            const there = said.filter(({ metadata: { namespace } }) => without === undefined || namespace !== without);
            expect(made()).to.have.deep.members(there);
        });
    }

    it("gets nothing on a spoke whose settings name no previewers", async () => {
        await mockPulumi();
        registerClusters("prod", cluster);
        await settled();
        expect(made()).to.deep.equal([]);
    });

    it("may read, and nothing else", () => {
        const files = readdirSync(rbac).filter((file) => file.startsWith("preview-"));
        const rules = files.flatMap(committed).flatMap(({ rules: own = [] }) => own);
        expect(rules.length).to.be.greaterThan(25);
        for (const { apiGroups, resources, verbs } of rules) {
            expect(["get", "list"]).to.include.members([...verbs]);
            expect([...apiGroups, ...resources]).not.to.include("*");
        }
    });

    it("may read only the store's token of the agent's Secrets, to find its drift", () => {
        const agent = committed("preview-spoke.yaml").find(({ kind, metadata }) => kind === "Role" && metadata.namespace === "agent");
        const secrets = agent?.rules?.filter(({ resources }) => resources.includes("secrets"));
        expect(secrets).to.deep.equal([
            { apiGroups: [""], resources: ["secrets"], resourceNames: [storeToken.name], verbs: ["get"] },
        ]);
    });

    it("gets no right on a spoke that the stack's own identity lacks, which Kubernetes would refuse", () => {
        type Rules = NonNullable<RoleOrBinding["rules"]>;
        const allowed = (rules: Rules) =>
            rules.flatMap(({ apiGroups, resources, verbs }) =>
                apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
            );
        const rulesOf = (file: string) => committed(file).flatMap(({ rules = [] }) => rules);
        // To install the operator, and to give rights in the whole cluster, takes more than spoke.yaml anyway.
        for (const file of ["preview-spoke.yaml", "preview-spoke-identity.yaml", "preview-spoke-store.yaml"]) {
            expect(allowed(rulesOf("spoke.yaml")), file).to.include.members(allowed(rulesOf(file)));
        }
    });
});
