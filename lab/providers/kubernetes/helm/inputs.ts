import { isMap, Unknown, withoutSecrets, type PropertyMap, type Value } from "../../plugin/values";

/** Inputs of a Helm release as plain values. Unknowns, which only previews have, are left out. */
export interface ReleaseInputs {
    readonly name: string;
    readonly namespace: string;
    readonly chart: string;
    /** A version, a range, or "" for the newest. */
    readonly version: string;
    readonly values: PropertyMap;
    readonly repository: Repository;
    /** Seconds. */
    readonly timeout: number;
    readonly skipAwait: boolean;
    /** What else was given, for the flags of `flags.ts`. */
    readonly options: PropertyMap;
}

/** Where a chart comes from when its name alone does not say so. */
export interface Repository {
    /** URL of a repository, or the name of one that the user has added; "" for none. */
    readonly url: string;
    readonly username: string;
    readonly password: string;
    readonly caFile: string;
    readonly certFile: string;
    readonly keyFile: string;
}

/** How long Helm waits unless the inputs say otherwise, in seconds: the official provider's default. */
export const defaultTimeout = 300;

/** Inputs of the official provider that would change the result, and that the stand-in does not support. */
const unsupported = ["valueYamlFiles", "postrender", "lint", "recreatePods"];

/** Reads the inputs of a release; secrets are taken out of their wrapping. */
export function readInputs(properties: PropertyMap): ReleaseInputs {
    const plain = knownOnly(withoutSecrets(properties));
    const given = isMap(plain) ? plain : {};
    const refused = unsupported.find((name) => isGiven(given[name]));
    if (refused !== undefined) {
        throw new Error(
            `"${refused}" is not part of the lab's stand-in for Helm releases; use the official provider for it`,
        );
    }
    const repository = isMap(given.repositoryOpts) ? given.repositoryOpts : {};
    return {
        name: text(given.name),
        namespace: text(given.namespace),
        chart: text(given.chart).trim(),
        version: text(given.version).trim(),
        values: isMap(given.values) ? given.values : {},
        repository: {
            url: text(repository.repo),
            username: text(repository.username),
            password: text(repository.password),
            caFile: text(repository.caFile),
            certFile: text(repository.certFile),
            keyFile: text(repository.keyFile),
        },
        timeout: typeof given.timeout === "number" && given.timeout > 0 ? given.timeout : defaultTimeout,
        skipAwait: given.skipAwait === true,
        options: given,
    };
}

function text(value: Value | undefined): string {
    return typeof value === "string" ? value : "";
}

function isGiven(value: Value | undefined): boolean {
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false && value !== "";
}

function knownOnly(value: Value): Value {
    if (Array.isArray(value)) {
        return value.filter((element) => !(element instanceof Unknown)).map(knownOnly);
    }
    if (!isMap(value)) {
        return value;
    }
    const known = Object.entries(value).filter(([, inner]) => !(inner instanceof Unknown));
    return Object.fromEntries(known.map(([key, inner]) => [key, knownOnly(inner)]));
}
