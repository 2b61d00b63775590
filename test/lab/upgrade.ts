import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { expectedApplications } from "../../lab/stacks/overlay";
import { readInLab } from "../../lab/stacks/project";
import { waitForApplications } from "../../lab/waiting";
import { type ChartRepository, openChartRepository } from "./support/chartRepository";
import { getObject, pulumiOk, withConfig } from "./support/lab";

const server = { from: "argocd:v3.6.1", to: "argocd:v3.7.0" };
const crd = { from: "Application is a definition of", to: "Application of the next version is a definition of" };

/**
 * Makes another version of a chart: other images, and a CRD that says something else. The proxies of Redis keep theirs:
 * upstream's manifests, unlike the real chart with the program's values, cannot roll them out on three nodes.
 */
function nextVersion(chart: string): void {
    const templates = path.join(chart, "templates", "upstream");
    const changed = fs.readdirSync(templates).filter((name) => !name.includes("redis"));
    for (const file of changed.map((name) => path.join(templates, name))) {
        const text = fs.readFileSync(file, "utf8");
        fs.writeFileSync(file, text.replaceAll(server.from, server.to).replaceAll(crd.from, crd.to));
    }
}

interface Versioned {
    readonly spec: {
        readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
        readonly versions: readonly {
            readonly schema: { readonly openAPIV3Schema: { readonly description: string } };
        }[];
    };
}

/** What runs, and what the kept CRD says. */
async function seen(): Promise<{ readonly image: string | undefined; readonly description: string | undefined }> {
    const deployment = (await getObject("hub", "argocd", "deployment", "argocd-server")) as unknown as Versioned;
    const { spec } = (await getObject("hub", "", "crd", "applications.argoproj.io")) as unknown as Versioned;
    return {
        image: deployment.spec.template.spec.containers[0]?.image,
        description: spec.versions[0]?.schema.openAPIV3Schema.description,
    };
}

/** Everything whose loss would cost Applications or registrations: each one's identity, by its name. */
async function precious(): Promise<Record<string, string>> {
    const objects = [
        ["", "namespace", "argocd"],
        ...["applications", "applicationsets", "appprojects"].map((name) => ["", "crd", `${name}.argoproj.io`]),
        ["argocd", "applicationset", "agent"],
        ["argocd", "appproject", "agent"],
        ...expectedApplications().map((name) => ["argocd", "application", name]),
        ...["cluster-staging", "cluster-prod", "cluster-dr", "argocd-redis"].map((name) => ["argocd", "secret", name]),
    ] as const;
    const uids = objects.map(async ([namespace = "", kind = "", name = ""]) => {
        const { metadata } = await getObject("hub", namespace, kind, name);
        return [`${kind} ${name}`, metadata.uid] as const;
    });
    return Object.fromEntries(await Promise.all(uids));
}

describe("the version of Argo CD's chart", () => {
    let repository: ChartRepository;
    let held: Record<string, string>;

    /** Brings the hub up with a version of the chart, by that setting alone. */
    const upWith = (version: string) =>
        withConfig(
            "hub",
            (config) => ({ ...config, "hubspoke:chart": { repository: repository.url, version } }),
            () => pulumiOk("hub", "up", "--yes", "--skip-preview"),
        );

    before(async () => {
        const { path: chart } = readInLab("hub")["hubspoke:chart"] as { path: string };
        repository = await openChartRepository(chart, [
            { version: "10.1.1", change: () => undefined },
            { version: "10.2.0", change: nextVersion },
        ]);
        held = await precious();
    });
    after(async () => {
        await pulumiOk("hub", "up", "--yes", "--skip-preview");
        await repository.close();
        await waitForApplications(expectedApplications());
    });

    const steps = [
        { way: "forward", version: "10.2.0", image: server.to, description: crd.to },
        { way: "back", version: "10.1.1", image: server.from, description: crd.from },
    ];
    for (const { way, version, image, description } of steps) {
        it(`goes ${way} with its CRDs, replaces nothing, and deletes no Application and no registration`, async () => {
            const output = await upWith(version);
            expect(output).to.match(/argocd-release updated/);
            expect(output).to.match(/\b1 updated/).and.not.match(/replaced|deleted|created/);
            const now = await seen();
            expect(now.image).to.include(image);
            expect(now.description).to.include(description);
            expect(await precious()).to.deep.equal(held);
            await waitForApplications(expectedApplications());
        });
    }
});
