/**
 * Adds a cluster to an environment:
 *
 *     npm run cluster:add -- --environment prod --name prod-eu --context prod-eu --label region=eu [--revision v1.2.0]
 *
 * It adds the cluster to the environment's stack file, keeps the comments, and prints what to commit and run. First it
 * checks the same as a preview: the settings are valid, the API server answers, and the hub has no cluster with this
 * name or URL. If a check fails, it writes nothing. It changes no cluster and no stack.
 */
import * as path from "node:path";
import { checkEnvironment } from "../../preflight/environment";
import { parseSettings } from "../../settings";
import { withSource } from "../../settings/clusterSource";
import type { EnvironmentSettings } from "../../settings/environment";
import { newCluster } from "./options";
import { addCluster, clusterIn, stackOf } from "./stackFile";
import { folderOfStackFiles, isDivided, stackFile, upCommand } from "../support/stackFile";
import { main, say } from "../support/main";
import { configOf } from "../../settings/stackConfig";
import { fullNameOf } from "../support/pulumi";
import { hubOutputsOf } from "../support/stacks";

main(module, async (args) => {
    const cluster = newCluster(args);
    const { environment, name } = cluster;
    const stack = stackOf(folderOfStackFiles(), environment);
    const file = stackFile(stack);
    const { entry } = clusterIn(file, cluster);

    const values = await configOf(stack, { folder: folderOfStackFiles() });
    const clusters = { ...(values.clusters as object), [name]: entry };
    const all = await withSource({ ...values, clusters }, folderOfStackFiles());
    const settings = parseSettings(all) as EnvironmentSettings;
    const { servers } = await checkEnvironment(settings, await fullNameOf(stack), hubOutputsOf(settings));

    addCluster(file, cluster, entry);
    const shown = path.relative(process.cwd(), file);
    say(`${name} is in ${shown}. Its API server ${servers[name]} answers, and the hub has no cluster with this name or URL.`);
    say("Preview the change, commit it, and deploy it:");
    const isInShards = isDivided(stack);
    say(isInShards ? `  npm run fleet -- plan ${stack} && npm run fleet -- preview ${stack}` : `  pulumi preview --stack ${stack}`);
    say(`  git add ${isInShards ? "Pulumi.*.yaml" : shown} && git commit --message "${name} joins ${environment}"`);
    say(`  ${upCommand(stack)}`);
});
