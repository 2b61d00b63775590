import type { CheckRequest, CheckResult } from "../../plugin/provider";
import { containsUnknowns } from "../../plugin/values";
import { waitForProblem } from "../await/waitFor";
import { fromProperties, toProperties } from "../model/checkpoint";
import { apiVersionOf, isPatch, kindOfObject, kindOfUrn, unsupportedType } from "../model/kinds";
import { hasGenerateName, isNamed, withGeneratedName, withNameOfLastRun } from "../model/naming";
import { normalize } from "../model/normalize";
import { stringAt, valueAt, withMetadata, type KubeObject } from "../model/object";
import { markSecrets } from "../model/secrets";
import { isNamespaced, rememberDefinition, type Context } from "./context";

/** Completes a program's inputs: kind, name, namespace, canonical form; secrets stay secret. */
export async function check(context: Context, request: CheckRequest): Promise<CheckResult> {
    const { settings, cluster } = context;
    if (!cluster.reachable && settings.skipUpdateUnreachable) {
        context.log.warn(request.urn, "Cluster is unreachable but skipUpdateUnreachable is set, skipping");
        return { inputs: request.olds, failures: [] };
    }
    const given = fromProperties(request.news);
    const unsupported = unsupportedType(request.urn) ?? patchProblem(context, request.urn, given);
    if (unsupported !== undefined) {
        throw new Error(unsupported);
    }
    const named = name(normalize(withKind(given, request.urn)), request);
    if (hasGenerateName(named) && settings.enableServerSideApply) {
        throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
    }
    const inputs = await withNamespace(context, named, request.urn);
    if (!containsUnknowns(inputs)) {
        rememberDefinition(context, inputs);
    }
    const problem = waitForProblem(inputs);
    return {
        inputs: markSecrets(toProperties(inputs), request.news),
        failures: problem === undefined ? [] : [{ property: "metadata.annotations", reason: problem }],
    };
}

/** Why a Patch resource cannot be used. */
function patchProblem({ settings }: Context, urn: string, object: KubeObject): string | undefined {
    if (!isPatch(urn, stringAt(object, "kind"))) {
        return undefined;
    }
    if (!settings.enableServerSideApply) {
        return (
            "patch resources require Server-Side Apply mode, which is enabled using the `enableServerSideApply` " +
            "Provider config"
        );
    }
    return isNamed(object) ? undefined : "patch resources require the `.metadata.name` field to be set";
}

function withKind(object: KubeObject, urn: string): KubeObject {
    const gvk = kindOfUrn(urn);
    return { apiVersion: apiVersionOf(gvk), kind: gvk.kind, ...object };
}

function name(object: KubeObject, request: CheckRequest): KubeObject {
    return Object.keys(request.olds).length === 0
        ? withGeneratedName(object, request)
        : withNameOfLastRun(object, fromProperties(request.olds));
}

async function withNamespace(context: Context, object: KubeObject, urn: string): Promise<KubeObject> {
    const given = valueAt(object, "metadata", "namespace");
    if ((given !== undefined && given !== "") || !(await isNamespaced(context, kindOfObject(urn, stringAt(object, "kind"))))) {
        return object;
    }
    const { cluster, settings } = context;
    const standard = cluster.reachable ? cluster.access.namespace : settings.namespace;
    return withMetadata(object, "namespace", standard === "" ? "default" : standard);
}
