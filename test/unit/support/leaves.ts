import type { z } from "zod";
import { environmentSettings } from "../../../settings/environment";
import { hubSettings } from "../../../settings/hub";

type Path = readonly (string | number)[];

/** A setting that is a single value, a list or a map, and where it stands. */
export interface Leaf {
    readonly path: Path;
    readonly kind: "text" | "number" | "boolean" | "word" | "list" | "map" | "union";
    readonly schema: z.core.$ZodType;
    /** The keys beside it and above it that select the variant in which it is. */
    readonly variants: readonly (readonly [Path, string])[];
    readonly isSecret: boolean;
    readonly example: unknown;
}

interface Place extends Pick<Leaf, "path" | "variants"> {
    readonly meta?: z.core.GlobalMeta;
}

/** Every setting of a schema, the maps and lists themselves with them; names of the user's choice are examples. */
function leavesOf(schema: z.core.$ZodType, place: Place): Leaf[] {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    const meta = { ...(schema as z.ZodType).meta(), ...place.meta };
    const here = { ...place, meta };
    const leaf = (kind: Leaf["kind"]): Leaf => ({
        path: place.path,
        variants: place.variants,
        kind,
        schema,
        isSecret: meta.writeOnly === true,
        example: (meta.examples as unknown[] | undefined)?.[0],
    });
    const below = (inner: z.core.$ZodType, ...keys: Path) =>
        leavesOf(inner, { path: [...place.path, ...keys], variants: place.variants });
    const kind = kinds[def.type];
    if (def.type === "optional" || def.type === "default" || def.type === "prefault") {
        return leavesOf(def.innerType, here);
    }
    if (def.type === "pipe") {
        return leavesOf(def.in, here);
    }
    if (def.type === "array") {
        return [leaf("list"), ...below(def.element, 0)];
    }
    if (def.type === "record") {
        const [key = "x"] = ((def.keyType as z.ZodType).meta()?.examples ?? []) as string[];
        return [leaf("map"), ...below(def.valueType, key)];
    }
    if (def.type === "object") {
        return [
            leaf("map"),
            ...Object.entries(def.shape).flatMap(([key, inner]) => below(inner, key)),
            ...(def.catchall === undefined ? [] : below(def.catchall, "any-other")),
        ];
    }
    if (def.type === "union" && "discriminator" in def) {
        const { discriminator, options } = def as z.core.$ZodDiscriminatedUnionDef;
        return (options as readonly z.core.$ZodObject[]).flatMap((option) => {
            const [selector] = option._zod.propValues?.[discriminator] ?? [];
            const chosen = [[...place.path, discriminator], String(selector)] as const;
            return leavesOf(option, { path: place.path, variants: [...place.variants, chosen] });
        });
    }
    return kind === undefined ? [] : [leaf(kind)];
}

const kinds: Readonly<Record<string, Leaf["kind"]>> = {
    string: "text",
    number: "number",
    boolean: "boolean",
    enum: "word",
    union: "union",
};

/** Every setting of both roles. */
export const leaves: readonly (Leaf & { readonly role: "hub" | "environment" })[] = [
    ...leavesOf(hubSettings, { path: [], variants: [] }).map((leaf) => ({ ...leaf, role: "hub" as const })),
    ...leavesOf(environmentSettings, { path: [], variants: [] }).map((leaf) => ({ ...leaf, role: "environment" as const })),
].filter(({ path }) => path.length > 0);
