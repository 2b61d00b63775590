import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { argoCdChart } from "../../components/argoCd/version";
import { certManagerOptions } from "../../components/argoCd/certManager";
import { operatorChart } from "../../components/applications/secretsOperator";
import { projectRoot } from "../../lab/paths";
import { catalogue } from "../../lab/tools";

interface CustomManager {
    readonly managerFilePatterns: readonly string[];
    readonly matchStrings: readonly string[];
    readonly datasourceTemplate: string;
    readonly depNameTemplate?: string;
}

const { customManagers } = JSON.parse(readFileSync(path.join(projectRoot, "renovate.json"), "utf8")) as {
    customManagers: CustomManager[];
};

const files = [
    ...readdirSync(projectRoot),
    ...["components", ".github"].flatMap((folder) =>
        readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: "utf8" }).map((file) =>
            path.join(folder, file),
        ),
    ),
];

/** Every version that a manager would watch, under its file. Patterns are regular expressions between slashes. */
function watched({ managerFilePatterns, matchStrings }: CustomManager): [string, string][] {
    const patterns = managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
    return files
        .filter((file) => patterns.some((pattern) => pattern.test(file)))
        .flatMap((file) => {
            const text = readFileSync(path.join(projectRoot, file), "utf8");
            return matchStrings.flatMap((match) =>
                [...text.matchAll(new RegExp(match, "g"))].map(({ groups }): [string, string] => [
                    file,
                    groups?.currentValue ?? "",
                ]),
            );
        });
}

describe("Renovate's configuration", () => {
    const hub = parse(readFileSync(path.join(projectRoot, "Pulumi.hub.yaml"), "utf8")) as {
        config: { "hubspoke:chart": { version: string } };
    };
    const certManager = String((certManagerOptions("cert-manager", {}) as { version: string }).version);
    const pulumi = catalogue.find(({ name }) => name === "pulumi")!.version;

    it("updates the version of every chart, wherever it is written", () => {
        const seen = Object.fromEntries(
            customManagers.filter(({ datasourceTemplate }) => datasourceTemplate === "helm").flatMap(watched),
        );
        expect(seen).to.deep.equal({
            "Pulumi.hub.yaml": hub.config["hubspoke:chart"].version,
            "components/argoCd/version.ts": argoCdChart.version,
            "components/argoCd/certManager.ts": certManager,
            "components/applications/secretsOperator.ts": operatorChart.version,
        });
    });

    it("updates every tool that a workflow installs from PyPI", () => {
        const workflows = files.filter((file) => file.startsWith(".github/workflows/"));
        const installed = workflows.flatMap((file) =>
            [...readFileSync(path.join(projectRoot, file), "utf8").matchAll(/pipx install .*==(\S+)/g)].map(([, version]) => version),
        );
        expect(installed.length).to.be.greaterThan(1);
        const seen = customManagers.filter(({ datasourceTemplate }) => datasourceTemplate === "pypi").flatMap(watched);
        expect(seen.map(([, version]) => version)).to.deep.equal(installed);
    });

    it("updates the Pulumi CLI of every workflow and action that installs it, together with the lab's", () => {
        const workflows = files.filter((file) => /^\.github\/(workflows|actions)\/.+\.yml$/.test(file));
        const installing = workflows.filter((file) =>
            readFileSync(path.join(projectRoot, file), "utf8").includes("uses: pulumi/actions@"),
        );
        expect(installing.length).to.be.greaterThan(0);
        const seen = customManagers.filter(({ depNameTemplate }) => depNameTemplate === "pulumi/pulumi").flatMap(watched);
        expect([...new Set(seen.map(([file]) => file))].sort()).to.deep.equal(installing.sort());
        expect([...new Set(seen.map(([, version]) => version))]).to.deep.equal([pulumi]);
    });
});
