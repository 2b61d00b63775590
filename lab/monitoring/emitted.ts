import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { askApi } from "../clusters/api";
import { writeFileWhole } from "../processes";

interface ConfigMapList {
    readonly items: readonly {
        readonly metadata: { readonly name: string };
        readonly data?: Readonly<Record<string, string>>;
    }[];
}

const configMaps = "/api/v1/namespaces/argocd/configmaps";

/**
 * Writes the rules, the probe targets and the blackbox_exporter's modules that the stacks emitted on the hub into a
 * folder, like a mount of these ConfigMaps.
 *
 * @returns the evaluation interval of the hub's rules, in Prometheus's notation
 */
export async function writeEmitted(folder: string): Promise<string> {
    fs.rmSync(folder, { recursive: true, force: true });
    const [rules, targets, modules] = await Promise.all([
        read("?labelSelector=hubspoke%2Falert-rules%3Dtrue"),
        read("?labelSelector=hubspoke%2Fprobe-targets%3Dtrue"),
        read("?fieldSelector=metadata.name%3Dhubspoke-blackbox"),
    ]);
    write(folder, "rules", "rules.yaml", rules);
    write(folder, "targets", "targets.json", targets);
    writeFileWhole(path.join(folder, "blackbox.yaml"), modules.items[0]?.data?.["blackbox.yaml"] ?? "");
    const own = rules.items.find(({ metadata }) => metadata.name === "hubspoke-alert-rules")?.data?.["rules.yaml"];
    const interval = (parse(own ?? "{}") as { groups?: { interval?: string }[] }).groups?.[0]?.interval;
    if (interval === undefined || targets.items.length === 0 || modules.items.length === 0) {
        throw new Error("the stacks emitted no rules, targets or modules on the hub: run `npm run lab`");
    }
    return interval;
}

async function read(query: string): Promise<ConfigMapList> {
    const { status, body } = await askApi("hub", configMaps + query);
    if (status !== 200) {
        throw new Error(`the hub answers ${status} to the request for the stacks' rules and targets`);
    }
    return JSON.parse(body) as ConfigMapList;
}

function write(folder: string, prefix: string, key: string, { items }: ConfigMapList): void {
    const extension = path.extname(key);
    for (const { metadata, data } of items) {
        writeFileWhole(path.join(folder, `${prefix}-${metadata.name}${extension}`), data?.[key] ?? "");
    }
}
