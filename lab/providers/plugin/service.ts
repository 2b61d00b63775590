import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { unary } from "./handlers";
import { fromStruct, toStruct } from "./marshal";
import type * as model from "./provider";

/** The engine's `ResourceProvider` service on top of a provider of the lab. */
export function resourceProviderService(
    provider: model.ResourceProvider,
    version: string,
): UntypedServiceImplementation {
    return {
        getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
        attach: unary(() => new Empty()),
        getSchema: unary(() => new pb.GetSchemaResponse().setSchema("{}")),
        checkConfig: unary(async (request: pb.CheckRequest) =>
            provider.checkConfig === undefined
                ? new pb.CheckResponse().setInputs(request.getNews())
                : checkResponse(await provider.checkConfig(checkRequest(request))),
        ),
        diffConfig: unary(async (request: pb.DiffRequest) =>
            provider.diffConfig === undefined
                ? new pb.DiffResponse()
                : diffResponse(await provider.diffConfig(diffRequest(request))),
        ),
        configure: unary(async (request: pb.ConfigureRequest) => {
            await provider.configure?.(settings(request));
            return new pb.ConfigureResponse()
                .setAcceptsecrets(true)
                .setSupportspreview(true)
                .setSupportsAutonamingConfiguration(true);
        }),
        check: unary(async (request: pb.CheckRequest) =>
            checkResponse(await provider.check(checkRequest(request))),
        ),
        diff: unary(async (request: pb.DiffRequest) =>
            diffResponse(await provider.diff(diffRequest(request))),
        ),
        create: unary(async (request: pb.CreateRequest) => {
            const { id, properties } = await provider.create({
                urn: request.getUrn(),
                inputs: fromStruct(request.getProperties()),
                timeout: request.getTimeout(),
                preview: request.getPreview(),
            });
            return new pb.CreateResponse().setId(id).setProperties(toStruct(properties));
        }),
        read: unary(async (request: pb.ReadRequest) => {
            const { id, properties, inputs } = await provider.read({
                urn: request.getUrn(),
                id: request.getId(),
                properties: fromStruct(request.getProperties()),
                inputs: fromStruct(request.getInputs()),
            });
            return id === ""
                ? new pb.ReadResponse()
                : new pb.ReadResponse()
                      .setId(id)
                      .setProperties(toStruct(properties))
                      .setInputs(toStruct(inputs));
        }),
        update: unary(async (request: pb.UpdateRequest) => {
            const properties = await provider.update({
                urn: request.getUrn(),
                id: request.getId(),
                olds: fromStruct(request.getOlds()),
                news: fromStruct(request.getNews()),
                timeout: request.getTimeout(),
                ignoreChanges: request.getIgnorechangesList(),
                preview: request.getPreview(),
            });
            return new pb.UpdateResponse().setProperties(toStruct(properties));
        }),
        delete: unary(async (request: pb.DeleteRequest) => {
            await provider.delete({
                urn: request.getUrn(),
                id: request.getId(),
                properties: fromStruct(request.getProperties()),
                timeout: request.getTimeout(),
            });
            return new Empty();
        }),
        cancel: unary(() => {
            provider.cancel?.();
            return new Empty();
        }),
    };
}

/** Provider inputs by their bare names: the engine sends `<package>:config:<name>`. */
function settings(request: pb.ConfigureRequest): Map<string, string> {
    const bare = request
        .getVariablesMap()
        .toArray()
        .map(([key, value]): [string, string] => [key.slice(key.lastIndexOf(":") + 1), value]);
    return new Map(bare);
}

function checkRequest(request: pb.CheckRequest): model.CheckRequest {
    const autonaming = request.getAutonaming();
    return {
        urn: request.getUrn(),
        olds: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
        randomSeed: request.getRandomseed_asU8(),
        ...(autonaming === undefined
            ? {}
            : {
                  autonaming: {
                      proposedName: autonaming.getProposedName(),
                      disabled: autonaming.getMode() === pb.CheckRequest.AutonamingOptions.Mode.DISABLE,
                  },
              }),
    };
}

function checkResponse({ inputs, failures }: model.CheckResult): pb.CheckResponse {
    return new pb.CheckResponse()
        .setInputs(toStruct(inputs))
        .setFailuresList(
            failures.map(({ property, reason }) =>
                new pb.CheckFailure().setProperty(property).setReason(reason),
            ),
        );
}

function diffRequest(request: pb.DiffRequest): model.DiffRequest {
    return {
        urn: request.getUrn(),
        id: request.getId(),
        olds: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
    };
}

function diffResponse({ changes, deleteBeforeReplace }: model.DiffResult): pb.DiffResponse {
    const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
    const response = new pb.DiffResponse()
        .setChanges(changes.size === 0 ? DIFF_NONE : DIFF_SOME)
        .setDiffsList([...changes.keys()])
        .setReplacesList([...changes].filter(([, change]) => change.replace).map(([path]) => path))
        .setDeletebeforereplace(deleteBeforeReplace)
        .setHasdetaileddiff(true);
    for (const [path, change] of changes) {
        // A deletion is shown from the old inputs, everything else from the old state.
        const difference = new pb.PropertyDiff()
            .setKind(kindOf(change))
            .setInputdiff(change.kind === "delete");
        response.getDetaileddiffMap().set(path, difference);
    }
    return response;
}

function kindOf({ kind, replace }: model.PropertyChange): pb.PropertyDiff.Kind {
    const { Kind } = pb.PropertyDiff;
    switch (kind) {
        case "add":
            return replace ? Kind.ADD_REPLACE : Kind.ADD;
        case "delete":
            return replace ? Kind.DELETE_REPLACE : Kind.DELETE;
        case "update":
            return replace ? Kind.UPDATE_REPLACE : Kind.UPDATE;
        default:
            return kind satisfies never;
    }
}
