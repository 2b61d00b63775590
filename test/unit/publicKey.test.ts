import { expect } from "chai";
import { createHash } from "node:crypto";
import { keyId } from "../../settings/publicKey";

/** The body of a key of a version, of so many bytes. */
const body = (bytes: number, version = 4) => Buffer.alloc(bytes, 7).fill(version, 0, 1);

const idOf = (key: Buffer) => {
    const head = Buffer.alloc(3, 0x99);
    head.writeUInt16BE(key.length, 1);
    return createHash("sha1").update(Buffer.concat([head, key])).digest("hex").slice(-16).toUpperCase();
};

function uint(value: number, bytes: number): Buffer {
    const written = Buffer.alloc(bytes);
    written.writeUIntBE(value, 0, bytes);
    return written;
}

/** A packet in the old format, with its length in 1, 2 or 4 bytes (RFC 4880, 4.2.1). */
function old(content: Buffer, bytes: 1 | 2 | 4, type = 6): Buffer {
    const tag = 0x80 | (type << 2) | { 1: 0, 2: 1, 4: 2 }[bytes];
    return Buffer.concat([Buffer.from([tag]), uint(content.length, bytes), content]);
}

/** A packet in the new format, with such bytes for its length (RFC 4880, 4.2.2). */
const packet = (content: Buffer, length: readonly number[], type = 6) =>
    Buffer.concat([Buffer.from([0xc0 | type, ...length]), content]);

function armour(...packets: Buffer[]): string {
    const content = Buffer.concat(packets).toString("base64");
    return `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${content}\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n`;
}

describe("a public key in packets of each form", () => {
    const forms: [name: string, bytes: number, packet: (content: Buffer) => Buffer][] = [
        ["an old one with a length of one byte", 200, (content) => old(content, 1)],
        ["an old one with a length of two bytes", 300, (content) => old(content, 2)],
        ["an old one with a length of four bytes", 300, (content) => old(content, 4)],
        ["a new one with a length of one byte", 191, (content) => packet(content, [191])],
        ["a new one with the least length of two bytes", 192, (content) => packet(content, [192, 0])],
        ["a new one with a length of two bytes", 192 + 256 + 3, (content) => packet(content, [193, 3])],
        ["a new one with the largest length of two bytes", 8383, (content) => packet(content, [223, 255])],
        ["a new one with a length of five bytes", 300, (content) => packet(content, [255, 0, 0, 1, 44])],
        ["a new one of a byte with a length of five bytes", 1, (content) => packet(content, [255, 0, 0, 0, 1])],
    ];
    for (const [name, bytes, form] of forms) {
        it(`has the ID of its body: ${name}`, () => {
            const key = body(bytes);
            expect(keyId(armour(form(key)))).to.equal(idOf(key));
            const name = packet(Buffer.from("ada"), [3], 13);
            expect(keyId(armour(form(key), name, old(Buffer.from("signature"), 1, 2)))).to.equal(idOf(key));
        });
    }

    const key = packet(body(100), [100]);
    const none: [name: string, text: string][] = [
        ["two keys", armour(key, old(body(50), 1))],
        ["no key", armour(packet(body(3), [3], 13))],
        ["no packet", armour()],
        ["a key of version 3", armour(packet(body(100, 3), [100]))],
        ["a key of nothing", armour(packet(Buffer.alloc(0), [0]))],
        ["a packet that is cut off", armour(key.subarray(0, -1))],
        ["a length that is cut off", armour(key, Buffer.from([0xc6, 255, 0, 0, 0]))],
        ["an old length that is cut off", armour(key, Buffer.from([0x99, 0]))],
        ["a length in parts, which keys never have", armour(packet(body(2), [225]), packet(body(2), [2], 13))],
        ["an old packet without a length", armour(Buffer.concat([Buffer.from([0x9b]), body(100)]))],
        ["bytes that are no packet", armour(key, Buffer.from([0x46, 0]))],
        ["another first line", armour(key).replace("BEGIN", "BEGINS")],
        ["another last line", armour(key).replace("END", "ENDS")],
    ];
    for (const [name, text] of none) {
        it(`has no ID: ${name}`, () => expect(keyId(text)).to.equal(undefined));
    }
});
