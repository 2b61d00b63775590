import type { Cluster } from "../../../scripts/preview/fleet";
import type { Change, Operation } from "../../../scripts/preview/events";
import type { StackPreview } from "../../../scripts/preview/stackPreview";

/** A change of one resource. */
export function change(operation: Operation, type: string, name: string, more: Partial<Change> = {}): Change {
    return { operation, type, name, urn: `urn:pulumi:stack::hubspoke::${type}::${name}`, paths: [], ...more };
}

/** The preview of one stack, which went well. */
export function preview(stack: string, changes: readonly Change[], more: Partial<StackPreview> = {}): StackPreview {
    return { stack, ok: true, text: `Previewing update (${stack})`, seconds: 1, changes, violations: [], ...more };
}

/** A cluster that gets the agent. */
export function cluster(name: string, labels: Record<string, string> = {}): Cluster {
    return {
        name,
        labels: { deploy: "true", environment: name, ...labels },
        annotations: {},
        server: `https://${name}`,
        stack: name,
    };
}
