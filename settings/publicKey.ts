import { createHash } from "node:crypto";

/** Reads an OpenPGP public key, as far as Argo CD needs it: its ID (RFC 4880). */

const first = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const last = "-----END PGP PUBLIC KEY BLOCK-----";

/** Type of the packet that a public key begins with. */
const publicKeyPacket = 6;

/**
 * The ID of the primary key in an armoured block, as `gpg --keyid-format long` prints it: the last 16 digits of the
 * fingerprint, which is the SHA-1 of the packet of a key of version 4 (RFC 4880, 12.2).
 *
 * @returns undefined for a text that is not such a block with exactly one key of that version
 */
export function keyId(text: string): string | undefined {
    const keys = packetsIn(contentOf(text))?.filter(({ type }) => type === publicKeyPacket) ?? [];
    const body = keys[0]?.body;
    if (keys.length !== 1 || body?.[0] !== 4) {
        return undefined;
    }
    const head = Buffer.from([0x99, body.length >> 8, body.length & 0xff]);
    return createHash("sha1").update(head).update(body).digest("hex").slice(-16).toUpperCase();
}

/** The bytes in the armour: after its headers and the empty line, and without the checksum. */
function contentOf(text: string): Buffer {
    const lines = text.trim().split("\n").map((line) => line.trim());
    if (lines[0] !== first || lines.at(-1) !== last) {
        return Buffer.alloc(0);
    }
    const content = lines.slice(lines.indexOf("") + 1, -1).filter((line) => !line.startsWith("="));
    return Buffer.from(content.join(""), "base64");
}

interface Packet {
    readonly type: number;
    readonly body: Buffer;
}

/** The packets of a message (RFC 4880, 4.2); undefined if it is cut off, or has a length that keys never have. */
function packetsIn(data: Buffer): Packet[] | undefined {
    const packets: Packet[] = [];
    for (let at = 0; at < data.length; ) {
        const tag = data[at] ?? 0;
        const isNew = (tag & 0x40) !== 0;
        const length = isNew ? newLength(data, at + 1) : oldLength(data, at + 1, tag & 3);
        if ((tag & 0x80) === 0 || length === undefined || length.end + length.value > data.length) {
            return undefined;
        }
        at = length.end + length.value;
        packets.push({ type: isNew ? tag & 0x3f : (tag >> 2) & 0xf, body: data.subarray(length.end, at) });
    }
    return packets;
}

interface Length {
    readonly value: number;
    /** Where the body begins. */
    readonly end: number;
}

function newLength(data: Buffer, at: number): Length | undefined {
    const first = data[at] ?? 0;
    if (first < 192) {
        return { value: first, end: at + 1 };
    }
    if (first < 224) {
        return { value: ((first - 192) << 8) + (data[at + 1] ?? 0) + 192, end: at + 2 };
    }
    return first === 255 && at + 5 <= data.length ? { value: data.readUInt32BE(at + 1), end: at + 5 } : undefined;
}

function oldLength(data: Buffer, at: number, kind: number): Length | undefined {
    const bytes = 1 << kind;
    return kind < 3 && at + bytes <= data.length ? { value: data.readUIntBE(at, bytes), end: at + bytes } : undefined;
}
