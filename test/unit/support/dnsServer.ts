import * as dgram from "node:dgram";

/** The records of a name: its alias, or its addresses of both kinds. */
export interface DnsRecords {
    readonly alias?: string;
    readonly addresses?: readonly string[];
}

export interface DnsServer {
    /** `address:port`. */
    readonly address: string;
    close(): Promise<void>;
}

const types = { A: 1, CNAME: 5, AAAA: 28 } as const;

/** A DNS server on loopback (RFC 1035), which has the records that the function gives for a name. */
export async function dnsServer(records: (name: string) => DnsRecords | undefined): Promise<DnsServer> {
    const socket = dgram.createSocket("udp4");
    socket.on("message", (message, { port, address }) => socket.send(reply(message, records), port, address));
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return {
        address: `127.0.0.1:${(socket.address()).port}`,
        close: () => new Promise((resolve) => socket.close(() => resolve())),
    };
}

function reply(message: Buffer, records: (name: string) => DnsRecords | undefined): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (let length = message[at]!; length > 0; length = message[at]!) {
        labels.push(message.toString("latin1", at + 1, at + 1 + length));
        at += 1 + length;
    }
    const type = message.readUInt16BE(at + 1);
    const { alias, addresses = [] } = records(labels.join(".").toLowerCase()) ?? {};
    const found =
        type === types.CNAME
            ? [...(alias === undefined ? [] : [nameOf(alias)])]
            : addresses.filter((one) => type === (one.includes(":") ? types.AAAA : types.A)).map(bytesOf);
    const answers = found.map((data) => {
        const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 1, 0, data.length]);
        return Buffer.concat([head, data]);
    });
    const header = Buffer.from([message[0]!, message[1]!, 0x84, 0, 0, 1, 0, answers.length, 0, 0, 0, 0]);
    return Buffer.concat([header, message.subarray(12, at + 5), ...answers]);
}

function nameOf(name: string): Buffer {
    return Buffer.concat([...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.of(0)]);
}

/** An address of IPv4, or one of IPv6 with all its eight groups. */
function bytesOf(address: string): Buffer {
    return address.includes(":")
        ? Buffer.from(address.split(":").map((group) => group.padStart(4, "0")).join(""), "hex")
        : Buffer.from(address.split(".").map(Number));
}
