const lineEnd = "\r\n";

/** Splits what a client of Redis sends into commands (RESP: arrays of bulk strings), however it is cut into chunks. */
export class CommandReader {
    #rest = Buffer.alloc(0);

    /**
     * Takes the next chunk of bytes.
     *
     * @returns the commands that are complete now, each with its arguments
     * @throws Error if the bytes are no array of bulk strings
     */
    take(chunk: Buffer): Buffer[][] {
        this.#rest = Buffer.concat([this.#rest, chunk]);
        const commands: Buffer[][] = [];
        for (let found = readCommand(this.#rest); found; found = readCommand(this.#rest)) {
            commands.push(found.words);
            this.#rest = this.#rest.subarray(found.end);
        }
        return commands;
    }
}

/** The command at the beginning, and where it ends; undefined as long as it is not complete. */
function readCommand(bytes: Buffer): { words: Buffer[]; end: number } | undefined {
    const header = readLength(bytes, 0, "*");
    const words: Buffer[] = [];
    let position = header?.end ?? 0;
    for (let left = header?.length ?? 0; left > 0; left--) {
        const size = readLength(bytes, position, "$");
        const end = size && size.end + size.length;
        if (!end || bytes.length < end + lineEnd.length) {
            return undefined;
        }
        words.push(bytes.subarray(size.end, end));
        position = end + lineEnd.length;
    }
    return header && { words, end: position };
}

/** A line such as `$12`: its number, and where it ends; undefined as long as it is not complete. */
function readLength(bytes: Buffer, start: number, type: "*" | "$"): { length: number; end: number } | undefined {
    const end = bytes.indexOf(lineEnd, start);
    if (end < 0) {
        return undefined;
    }
    const [, digits] = /^(?:[*$])(\d+)$/.exec(bytes.toString("latin1", start, end)) ?? [];
    if (digits === undefined || bytes[start] !== type.charCodeAt(0)) {
        throw new Error(`protocol error: "${type}" and a length expected`);
    }
    return { length: Number(digits), end: end + lineEnd.length };
}

/** A reply: text, a number, bytes, nothing, or a list of replies. Errors are replies too. */
export type Reply = string | number | Buffer | null | Error | readonly Reply[];

/** The bytes of a reply in RESP 2; a string is a "simple" one, such as OK. */
export function encode(reply: Reply): Buffer {
    if (reply === null) {
        return Buffer.from(`$-1${lineEnd}`);
    }
    if (Buffer.isBuffer(reply)) {
        return Buffer.concat([Buffer.from(`$${reply.length}${lineEnd}`), reply, Buffer.from(lineEnd)]);
    }
    if (reply instanceof Error) {
        return Buffer.from(`-${reply.message}${lineEnd}`);
    }
    if (typeof reply === "object") {
        return Buffer.concat([Buffer.from(`*${reply.length}${lineEnd}`), ...reply.map(encode)]);
    }
    return Buffer.from(`${typeof reply === "number" ? ":" : "+"}${reply}${lineEnd}`);
}
