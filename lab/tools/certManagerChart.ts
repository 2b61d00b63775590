import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { moduleFiles } from "./goModule";

const version = "v1.21.2";
const chart = "deploy/charts/cert-manager";

/** The folder of cert-manager's own chart, out of its Go module; with the version that its release tool would stamp. */
export async function certManagerChart(report?: (line: string) => void): Promise<string> {
    const folder = await moduleFiles(
        {
            what: "cert-manager's chart",
            module: "github.com/cert-manager/cert-manager",
            version,
            toolchain: "cert-manager",
            wanted: [chart],
            target: `cert-manager-${version}`,
            finish: (copy) => stampVersion(path.join(copy, chart, "Chart.yaml")),
        },
        report,
    );
    return path.join(folder, chart);
}

/** In the module it is v0.0.0, in the chart and in the tag of its images. */
function stampVersion(file: string): void {
    const document = parseDocument(fs.readFileSync(file, "utf8"));
    document.set("version", version);
    document.set("appVersion", version);
    fs.writeFileSync(file, document.toString());
}
