import * as fs from "node:fs";
import { type MetricsConfig, serveMetrics } from "./metrics-server";

/** Entry of the metrics server's process: `metrics-main CONFIG`. */
function main(): void {
    const [file] = process.argv.slice(2);
    if (!file) {
        throw new Error("usage: metrics-main CONFIG");
    }
    serveMetrics(JSON.parse(fs.readFileSync(file, "utf8")) as MetricsConfig);
}

main();
