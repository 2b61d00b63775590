import { helmTemplate } from "../scripts/preview/helm";
import { renderingOf } from "../scripts/preview/release";
import { at, knownCopy } from "./read";
import type { Subject } from "./rule";

const releaseType = "kubernetes:helm.sh/v3:Release";

/** Type of the subject that stands for a release which could not be rendered. */
export const unrendered = "hubspoke:policy:Unrendered";

const rendered = new Map<string, Promise<Subject[]>>();

/**
 * The objects in a Helm release, as its chart renders them with these values, so that the rules see them like resources
 * of the program. One release is rendered once, for all rules.
 *
 * @param render renders a chart
 * @returns no subject for another resource; for a release that cannot be rendered, one of the type {@link unrendered}
 */
export async function inside(subject: Subject, render = helmTemplate): Promise<Subject[]> {
    if (subject.type !== releaseType) {
        return [];
    }
    const rendering = renderingOf(knownCopy(subject.props) as object);
    const key = JSON.stringify(rendering);
    const found = rendered.get(key) ?? render(rendering).then(
        (objects) => objects.map((object) => subjectOf(object, subject.name)),
        (error: Error) => [{ type: unrendered, name: subject.name, props: { reason: error.message } }],
    );
    rendered.set(key, found);
    return found;
}

/** A rendered object in the form of a resource: with Pulumi's type of its kind. */
function subjectOf(object: unknown, release: string): Subject {
    const [apiVersion, kind] = [String(at(object, "apiVersion")), String(at(object, "kind"))];
    const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
    return {
        type: `kubernetes:${group}:${kind}`,
        name: `${release}: ${kind} ${String(at(object, "metadata", "name"))}`,
        props: object as Subject["props"],
    };
}
