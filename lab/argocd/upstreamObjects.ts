import { parse } from "yaml";
import { z } from "zod";

const container = z.looseObject({
    args: z.array(z.string()).optional(),
    env: z.array(z.unknown()).optional(),
    volumeMounts: z.array(z.unknown()).optional(),
});

const upstreamObject = z.looseObject({
    kind: z.string(),
    metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
    data: z.record(z.string(), z.string()).optional(),
    subjects: z.array(z.looseObject({ namespace: z.string().optional() })).optional(),
    spec: z
        .looseObject({
            template: z
                .looseObject({
                    spec: z.looseObject({
                        containers: z.array(container).nonempty(),
                        volumes: z.array(z.unknown()).optional(),
                    }),
                })
                .optional(),
        })
        .optional(),
});

/** One object of Argo CD's own manifests, with the parts that the lab's chart touches typed. */
export type UpstreamObject = z.infer<typeof upstreamObject>;

/**
 * The objects of a manifest file that `kustomize build` wrote (documents separated by `---` lines).
 * YAML 1.1 as Kubernetes reads it, so that "yes" and the like stay strings.
 */
export function parseManifests(text: string): UpstreamObject[] {
    return text
        .split(/^---$/m)
        .filter((document) => document.trim() !== "")
        .map((document) => upstreamObject.parse(parse(document, { version: "1.1" })));
}

/** The object of that kind and name; an error when the manifests have none. */
export function findObject(objects: UpstreamObject[], kind: string, name: string): UpstreamObject {
    const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
    if (!found) {
        throw new Error(`Argo CD's manifests have no ${kind} ${name}: this chart does not fit that version.`);
    }
    return found;
}
