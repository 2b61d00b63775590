import { type Application, applicationsOf, applicationsPath, isGenerated, namesOf } from "../../clusters/applications";
import { allowDeleteAnnotation } from "../../clusters/names";
import { change } from "../../clusters/request";
import { secretPath } from "../../clusters/secretPath";
import { waitFor } from "../../clusters/wait";
import { say } from "../support/main";
import type { EnvironmentStack } from "../support/stacks";
import type { Registered } from "../support/registered";

/** Limit for the deletion of Applications without finalizers, in milliseconds. */
const limitMs = 60_000;

/** The Applications that are deleted with a cluster: those from an ApplicationSet. */
export async function generatedFor({ hub, namespace }: EnvironmentStack, lost: Registered): Promise<Application[]> {
    return (await applicationsOf(hub, namespace, lost)).filter(isGenerated);
}

/** Removes the registration and its Applications, without their finalizers, which Argo CD could never complete. */
export async function cleanHub(environment: EnvironmentStack, lost: Registered): Promise<void> {
    const { hub, namespace, stack } = environment;
    const registration = lost.secret === undefined ? undefined : secretPath(namespace, lost.secret);
    if (registration !== undefined) {
        await change(hub, registration, { method: "PATCH", body: { metadata: { labels: { deploy: null } } } });
    }
    await waitFor(`the Applications of ${lost.cluster} to be deleted`, async () => {
        const left = await generatedFor(environment, lost);
        for (const { metadata } of left) {
            await release(`${applicationsPath(namespace)}/${metadata.name}`, metadata.deletionTimestamp !== undefined);
        }
        return left.length === 0 ? { done: undefined } : { seen: namesOf(left) };
    }, { timeoutMs: limitMs });
    for (const { metadata } of await applicationsOf(hub, namespace, lost)) {
        say(`${stack}: Application ${metadata.name} is not from an ApplicationSet; it remains, and names ${lost.cluster}`);
    }
    for (const path of lost.watch) {
        await change(hub, path, { method: "DELETE" });
    }
    if (registration !== undefined && (await change(hub, registration, { method: "DELETE" }))) {
        say(`${stack}: ${lost.cluster} is removed from the hub (Secret ${lost.secret})`);
    }

    async function release(path: string, deleting: boolean): Promise<void> {
        const metadata = { finalizers: null, annotations: { [allowDeleteAnnotation]: "true" } };
        await change(hub, path, { method: "PATCH", body: { metadata } });
        if (!deleting) {
            await change(hub, path, { method: "DELETE" });
        }
    }
}
