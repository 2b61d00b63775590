/** Path of a property: keys of objects and indexes of lists. */
export type Path = readonly (string | number)[];

/** The path as the engine writes it: `metadata.annotations["pulumi.com/skipAwait"]`, `spec.containers[0]`. */
export function formatPath(path: Path): string {
    return path.reduce<string>((text, segment) => {
        if (typeof segment === "number") {
            return `${text}[${segment}]`;
        }
        if (/[."[\]]/.test(segment)) {
            return `${text}["${segment.replaceAll('"', '\\"')}"]`;
        }
        return text === "" ? segment : `${text}.${segment}`;
    }, "");
}

/** Reads a path of the engine. `[*]` and `*` stay as the segment `*`, which stands for any key or index. */
export function parsePath(text: string): Path {
    const segments = text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
    return [...segments].map(([, quoted, index, plain]) => {
        if (quoted !== undefined) {
            return quoted.replaceAll('\\"', '"');
        }
        return index === undefined ? (plain ?? "") : index === "*" ? "*" : Number(index);
    });
}

/** Whether `path` is `prefix` or lies inside it. */
export function isInside(path: Path, prefix: Path): boolean {
    return (
        prefix.length <= path.length &&
        prefix.every((segment, index) => segment === "*" || segment === path[index])
    );
}
