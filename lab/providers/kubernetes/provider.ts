import { setMaxListeners } from "node:events";
import type { Log } from "../plugin/host";
import type * as model from "../plugin/provider";
import { typeOf } from "../plugin/provider";
import type { PropertyMap } from "../plugin/values";
import { connect } from "./cluster/cluster";
import { checkConfig, diffConfig } from "./config";
import { ReleaseProvider } from "./helm/release";
import { check } from "./operations/check";
import type { Context } from "./operations/context";
import { create } from "./operations/create";
import { remove } from "./operations/delete";
import { diff } from "./operations/diff";
import { read } from "./operations/read";
import { update } from "./operations/update";
import { readSettings } from "./settings";

type ResourceOperations = Omit<model.ResourceProvider, "checkConfig" | "diffConfig" | "configure" | "cancel">;

/** The Kubernetes provider: objects of any kind, and Helm releases. */
export class KubernetesProvider implements model.ResourceProvider {
    readonly #cancelling = new AbortController();
    #context: Context | undefined;
    #warned = false;

    constructor(private readonly log: Log) {
        setMaxListeners(0, this.#cancelling.signal);
    }

    checkConfig(request: model.CheckRequest): Promise<model.CheckResult> {
        return Promise.resolve(checkConfig(request));
    }

    diffConfig(request: model.DiffRequest): Promise<model.DiffResult> {
        return Promise.resolve(diffConfig(request));
    }

    async configure(inputs: ReadonlyMap<string, string>): Promise<void> {
        const settings = readSettings(inputs);
        const { signal } = this.#cancelling;
        const cluster = await connect(settings, signal);
        this.#context = { settings, cluster, log: this.log, signal, defined: new Map() };
    }

    check(request: model.CheckRequest): Promise<model.CheckResult> {
        return this.#operations(request.urn).check(request);
    }

    diff(request: model.DiffRequest): Promise<model.DiffResult> {
        return this.#operations(request.urn).diff(request);
    }

    create(request: model.CreateRequest): Promise<model.CreateResult> {
        this.#warnOfPreview(request);
        return this.#operations(request.urn).create(request);
    }

    read(request: model.ReadRequest): Promise<model.ReadResult> {
        return this.#operations(request.urn).read(request);
    }

    update(request: model.UpdateRequest): Promise<PropertyMap> {
        this.#warnOfPreview(request);
        return this.#operations(request.urn).update(request);
    }

    delete(request: model.DeleteRequest): Promise<void> {
        return this.#operations(request.urn).delete(request);
    }

    cancel(): void {
        this.#cancelling.abort();
    }

    #operations(urn: string): ResourceOperations {
        const context = this.#context;
        if (context === undefined) {
            throw new Error("the Kubernetes provider was used before it was configured");
        }
        return typeOf(urn) === "kubernetes:helm.sh/v3:Release"
            ? new ReleaseProvider(context)
            : {
                  check: (request) => check(context, request),
                  diff: (request) => diff(context, request),
                  create: (request) => create(context, request),
                  read: (request) => read(context, request),
                  update: (request) => update(context, request),
                  delete: (request) => remove(context, request),
              };
    }

    /** A preview continues without its cluster, and warns once. */
    #warnOfPreview({ urn, preview }: { readonly urn: string; readonly preview: boolean }): void {
        const cluster = this.#context?.cluster;
        if (preview && cluster?.reachable === false && !this.#warned) {
            this.#warned = true;
            this.log.warn(
                urn,
                `configured Kubernetes cluster is unreachable, so nothing was checked: ${cluster.reason}`,
            );
        }
    }
}
