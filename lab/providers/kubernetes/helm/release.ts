import { InitFailedError, messageOf } from "../../plugin/errors";
import type * as model from "../../plugin/provider";
import { nameOf } from "../../plugin/provider";
import { containsUnknowns, type PropertyMap } from "../../plugin/values";
import { requireReachable } from "../cluster/cluster";
import { uniqueName } from "../model/naming";
import { numberAt, parseId } from "../model/object";
import type { Context } from "../operations/context";
import { gone, readUnreachable } from "../operations/unreachable";
import { findChart, withChart } from "./chart";
import { diffRelease } from "./diff";
import { installFlags, uninstallFlags, upgradeFlags } from "./flags";
import { clusterFlags, helm, withPrivateFolder, type HelmCall } from "./helm";
import { defaultTimeout, readInputs, type ReleaseInputs } from "./inputs";
import { withRelay } from "./relay";
import { inputsOfState, plannedState, releaseState } from "./state";
import { isReleaseNotFound, parseRelease, type LiveRelease } from "./status";

/** Limit for helm's status of a release after its installation failed, in milliseconds. */
const afterwardsLimit = 20_000;

interface ReleaseName {
    readonly namespace: string;
    readonly name: string;
}

/** Helm releases (`kubernetes:helm.sh/v3:Release`), through the real helm program. */
export class ReleaseProvider {
    constructor(private readonly context: Context) {}

    /**
     * Completes name, namespace, timeout and version. A chart that cannot be downloaded is a failure, in previews
     * too.
     */
    async check(request: model.CheckRequest): Promise<model.CheckResult> {
        const inputs = withDefaults(request, this.#defaultNamespace());
        if (containsUnknowns(inputs)) {
            return { inputs, failures: [] };
        }
        try {
            const chart = await findChart(readInputs(inputs), this.context.signal);
            return { inputs: { ...inputs, version: chart.version }, failures: [] };
        } catch (error) {
            return { inputs, failures: [{ property: "chart", reason: messageOf(error) }] };
        }
    }

    diff(request: model.DiffRequest): Promise<model.DiffResult> {
        return Promise.resolve(diffRelease(request));
    }

    async create({ inputs, preview }: model.CreateRequest): Promise<model.CreateResult> {
        if (preview) {
            return { id: "", properties: plannedState(inputs) };
        }
        const release = readInputs(inputs);
        return {
            id: releaseId(release),
            properties: await this.#write("install", release, inputs, 0),
        };
    }

    async update({ olds, news, preview }: model.UpdateRequest): Promise<PropertyMap> {
        if (preview) {
            return plannedState(news);
        }
        const release = readInputs(news);
        return await this.#write("upgrade", release, news, numberAt(olds, "status", "revision") ?? 0);
    }

    async read(request: model.ReadRequest): Promise<model.ReadResult> {
        const unreachable = readUnreachable(this.context, request);
        if (unreachable !== undefined) {
            return unreachable;
        }
        const { id, properties } = request;
        const known = inputsOfState(properties);
        const release = known === undefined ? parseId(id) : readInputs(properties);
        const live = await this.#status(release);
        if (live === undefined) {
            return gone;
        }
        const inputs = known ?? importedInputs(live);
        return { id, properties: releaseState(inputs, live), inputs };
    }

    /** A release that is gone already is an error, until a refresh has found that, as with the official provider. */
    async delete({ properties }: model.DeleteRequest): Promise<void> {
        if (!this.context.cluster.reachable) {
            throw new Error(
                `can't delete Helm Release with unreachable cluster. Reason: ${this.context.cluster.reason}`,
            );
        }
        const release = readInputs(properties);
        const { signal } = this.context;
        await this.#helm(release, { args: ["uninstall", release.name, ...uninstallFlags(release)], signal });
    }

    async #write(
        verb: "install" | "upgrade",
        release: ReleaseInputs,
        inputs: PropertyMap,
        oldRevision: number,
    ): Promise<PropertyMap> {
        const flags = verb === "install" ? installFlags(release) : upgradeFlags(release);
        try {
            const { signal } = this.context;
            const output = await withChart(release, signal, (chart) =>
                this.#helm(release, {
                    args: [verb, release.name, ...chart, "--values", "-", ...flags, "--output", "json"],
                    input: JSON.stringify(release.values),
                    signal,
                }),
            );
            return releaseState(inputs, parseRelease(output));
        } catch (error) {
            throw await this.#writeError(verb, release, inputs, oldRevision, messageOf(error));
        }
    }

    /**
     * A revision that helm made although it failed goes into state, for the next run to upgrade. Where it made
     * none, as when a template fails, the state stays as it was, so the next run sees the same change. A release
     * that another program installed under the name does not become ours.
     */
    async #writeError(
        verb: string,
        release: ReleaseInputs,
        inputs: PropertyMap,
        oldRevision: number,
        reason: string,
    ): Promise<Error> {
        const id = releaseId(release);
        // The user may have cancelled: read the status anyway, or the release would be lost from the state.
        const live = await this.#status(release, AbortSignal.timeout(afterwardsLimit)).catch(() => undefined);
        const isTaken = reason.includes("cannot re-use a name");
        if (live === undefined || live.revision <= oldRevision || isTaken) {
            const remedy = isTaken
                ? `; adopt it with "pulumi import", or remove it with "helm uninstall"`
                : "";
            return new Error(`Helm release "${id}": ${verb} failed: ${reason}${remedy}`);
        }
        const message =
            `Helm release "${id}" failed to initialize completely: ${reason}; ` +
            `look with "helm status ${release.name} --namespace ${release.namespace}" and at its pods`;
        return new InitFailedError(message, id, releaseState(inputs, live), [message]);
    }

    async #status(release: ReleaseName, signal = this.context.signal): Promise<LiveRelease | undefined> {
        try {
            const [status, metadata] = await Promise.all([
                this.#helm(release, { args: ["status", release.name, "--output", "json"], signal }),
                this.#helm(release, { args: ["get", "metadata", release.name, "--output", "json"], signal }),
            ]);
            return parseRelease(status, metadata);
        } catch (error) {
            if (isReleaseNotFound(error)) {
                return undefined;
            }
            throw error;
        }
    }

    async #helm({ namespace }: ReleaseName, call: HelmCall): Promise<string> {
        const { api } = requireReachable(this.context.cluster);
        return await withRelay(api, (kubeconfig) =>
            withPrivateFolder(async (folder) => {
                const flags = await clusterFlags(folder, kubeconfig, namespace);
                return await helm({ ...call, args: [...call.args, ...flags] });
            }),
        );
    }

    #defaultNamespace(): string {
        const { cluster, settings } = this.context;
        const standard = cluster.reachable ? cluster.access.namespace : settings.namespace;
        return standard === "" ? "default" : standard;
    }
}

function withDefaults({ urn, olds, news, randomSeed }: model.CheckRequest, namespace: string): PropertyMap {
    const generated = uniqueName(`${nameOf(urn)}-`, randomSeed);
    const isEmpty = (key: string): boolean =>
        news[key] === undefined || news[key] === null || news[key] === "";
    return {
        ...news,
        ...(isEmpty("name") ? { name: olds.name ?? generated } : {}),
        ...(isEmpty("namespace") ? { namespace } : {}),
        ...(isEmpty("timeout") && news.skipAwait !== true ? { timeout: defaultTimeout } : {}),
    };
}

function releaseId({ namespace, name }: ReleaseName): string {
    return `${namespace}/${name}`;
}

function importedInputs({ name, namespace, chart, version, values }: LiveRelease): PropertyMap {
    return { name, namespace, chart, version, values, timeout: defaultTimeout };
}
