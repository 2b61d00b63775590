import { isMap, reveal, secret, unknown, type PropertyMap } from "../../plugin/values";
import { markSecrets } from "../model/secrets";
import { statusOutput, type LiveRelease } from "./status";

/** State after a run: the inputs, what Helm says of the release, and the inputs once more, all secret. */
export function releaseState(inputs: PropertyMap, release: LiveRelease): PropertyMap {
    const outputs: PropertyMap = {
        ...inputs,
        name: release.name,
        namespace: release.namespace,
        version: release.version,
        values: release.values,
        resourceNames: release.resourceNames,
        status: statusOutput(release),
    };
    return { ...markSecrets(outputs, inputs), __inputs: secret(inputs) };
}

/** State that a preview predicts. */
export function plannedState(inputs: PropertyMap): PropertyMap {
    return { ...inputs, resourceNames: unknown, status: unknown, __inputs: secret(inputs) };
}

/** The inputs of the last run, from state, with their secrets; undefined when it has none (an import). */
export function inputsOfState(state: PropertyMap): PropertyMap | undefined {
    const inputs = reveal(state.__inputs);
    return isMap(inputs) ? inputs : undefined;
}
