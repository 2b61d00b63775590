import * as fs from "node:fs";
import { type MetricsConfig, serveMetrics } from "./metricsServer";

/** Entry of the metrics server's process: `metricsMain CONFIG`. */
function main(): void {
    const [file] = process.argv.slice(2);
    if (!file) {
        throw new Error("usage: metricsMain CONFIG");
    }
    serveMetrics(JSON.parse(fs.readFileSync(file, "utf8")) as MetricsConfig);
}

main();
