import { readFileSync, writeFileSync } from "node:fs";
import { isMap, parse, parseDocument } from "yaml";

/** A cluster in an environment's stack file, as far as a promotion reads it. */
export interface PinnedCluster {
    readonly name: string;
    readonly revision: string | undefined;
    /** Whether the agent is delivered to it. */
    readonly deployed: boolean;
}

interface StackFile {
    readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * The environment that a stack file is of.
 *
 * @throws Error when it is of none
 */
export function readEnvironment(file: string, project: string): string {
    const environment = readSetting(file, project, "environment");
    if (typeof environment !== "string") {
        throw new Error(`${file} has no ${project}:environment: it is no environment's stack file`);
    }
    return environment;
}

function readSetting(file: string, project: string, key: string): unknown {
    return (parse(readFileSync(file, "utf8")) as StackFile).config?.[`${project}:${key}`];
}

/** The clusters of an environment's stack file. */
export function readClusters(file: string, project: string): PinnedCluster[] {
    const clusters = (readSetting(file, project, "clusters") ?? {}) as Record<
        string,
        { revision?: string; labels?: { deploy?: string | boolean } }
    >;
    return Object.entries(clusters).map(([name, { revision, labels }]) => ({
        name,
        revision,
        deployed: String(labels?.deploy ?? "true") === "true",
    }));
}

/** Writes a revision into every cluster of an environment's stack file; comments and all else stay as they are. */
export function movePins(file: string, project: string, revision: string): void {
    const document = parseDocument(readFileSync(file, "utf8"));
    const path = ["config", `${project}:clusters`];
    const clusters = document.getIn(path);
    if (!isMap(clusters)) {
        throw new Error(`${file} has no ${project}:clusters: it is no environment's stack file`);
    }
    for (const { name } of readClusters(file, project)) {
        document.setIn([...path, name, "revision"], revision);
    }
    writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
}
