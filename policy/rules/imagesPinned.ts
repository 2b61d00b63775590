import { z } from "zod";
import { at, walk } from "../read";
import { rule } from "../rule";

const floating = /^(latest|main|master|stable|edge|nightly|dev)$/;
const exact = /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/;

/** The problem of an image reference: registry/name[:tag][@digest]. */
function problem(image: string): string | undefined {
    const [name = "", digest] = image.split("@");
    const tag = /:([^:/]+)$/.exec(name)?.[1];
    if (digest !== undefined) {
        return undefined;
    }
    return tag === undefined ? "has neither tag nor digest" : floating.test(tag) ? `follows the tag ${tag}` : undefined;
}

/** A chart from a registry needs a fixed version; a chart at a path is part of the checkout. */
function chartProblems(type: string, props: unknown): string[] {
    const [chart, version] =
        type === "kubernetes:helm.sh/v3:Release"
            ? [at(props, "repositoryOpts", "repo") ?? at(props, "chart"), at(props, "version")]
            : type === "kubernetes-cert-manager:index:CertManager"
              ? [at(props, "helmOptions", "repositoryOpts", "repo"), at(props, "helmOptions", "version")]
              : [];
    const remote = typeof chart === "string" && /^(https?|oci):\/\//.test(chart);
    return remote && !(typeof version === "string" && exact.test(version))
        ? ["uses the newest version of its chart. Write an exact version"]
        : [];
}

export const imagesPinned = rule({
    name: "images-pinned",
    description: "Every image and chart has a fixed version.",
    options: z.strictObject({}),
    check: ({ type, props }) => [
        ...chartProblems(type, props),
        ...[...walk(props)].flatMap(({ path, value }) => {
            const where = path.join(".");
            if (path.at(-1) === "image" && typeof value === "string" && value !== "") {
                const wrong = problem(value);
                return wrong === undefined ? [] : [`${where} ${wrong}: ${value}. Write a version, or a digest`];
            }
            const tag = at(value, "tag");
            const named = typeof at(value, "repository") === "string" || path.at(-1) === "image";
            return named && typeof tag === "string" && floating.test(tag) && !at(value, "digest")
                ? [`${where} follows the tag ${tag}. Write a version, or a digest`]
                : [];
        }),
    ],
});
