import * as net from "node:net";
import { CommandReader, encode, type Reply } from "./protocol";
import { type SetOptions, Store } from "./store";

const ok = "OK";
const forgetEveryMs = 60_000;

/** A client: whether it gave the password, and its channels. */
interface Client {
    readonly socket: net.Socket;
    readonly channels: Set<string>;
    authenticated: boolean;
}

/**
 * Redis as far as Argo CD uses it (its util/cache and util/session): values that expire, and channels, in RESP 2, in
 * memory. A command that it does not know is an error, as in Redis, and so is any but AUTH before the password.
 */
export class RedisServer {
    readonly #store = new Store();
    readonly #clients = new Set<Client>();
    readonly #password: string;
    readonly #server = net.createServer((socket) => this.#serve(socket));

    constructor(password: string) {
        this.#password = password;
        setInterval(() => this.#store.keys(), forgetEveryMs).unref();
    }

    /** Listens on the loopback address; @returns the port. */
    async listen(port: number): Promise<number> {
        await new Promise<void>((resolve, reject) => {
            this.#server.once("error", reject).listen(port, "127.0.0.1", resolve);
        });
        return (this.#server.address() as net.AddressInfo).port;
    }

    /** Ends every connection, and stops listening. */
    close(): void {
        this.#server.close();
        this.#clients.forEach(({ socket }) => socket.destroy());
    }

    #serve(socket: net.Socket): void {
        const client: Client = { socket, channels: new Set(), authenticated: this.#password === "" };
        const reader = new CommandReader();
        this.#clients.add(client);
        socket.setNoDelay(true);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => this.#clients.delete(client));
        socket.on("data", (chunk) => {
            try {
                for (const words of reader.take(chunk)) {
                    this.#answer(client, words).forEach((reply) => socket.write(encode(reply)));
                }
            } catch (error) {
                socket.end(encode(new Error(`ERR ${(error as Error).message}`)));
            }
        });
    }

    /** The replies to a command: one, or one for each channel. */
    #answer(client: Client, [name, ...args]: readonly Buffer[]): Reply[] {
        const command = name?.toString().toUpperCase() ?? "";
        const words = args.map(String);
        if (command === "QUIT") {
            client.socket.end(encode(ok));
            return [];
        }
        if (command === "AUTH") {
            client.authenticated = words.at(-1) === this.#password;
            return [client.authenticated ? ok : new Error("WRONGPASS invalid username-password pair or user is disabled.")];
        }
        if (!client.authenticated) {
            return [new Error("NOAUTH Authentication required.")];
        }
        if (command === "SUBSCRIBE" || command === "UNSUBSCRIBE") {
            return this.#changeChannels(client, command, words);
        }
        return [this.#run(client, command, words, args)];
    }

    #run({ channels }: Client, command: string, words: readonly string[], args: readonly Buffer[]): Reply {
        const [key = "", second = ""] = words;
        switch (command) {
            case "PING":
                return channels.size > 0 ? [Buffer.from("pong"), Buffer.from(key)] : "PONG";
            case "GET":
                return this.#store.get(key) ?? null;
            case "SET":
                return this.#store.set(key, args[1]!, setOptions(words.slice(2))) ? ok : null;
            case "SETNX":
                return Number(this.#store.set(key, args[1]!, { onlyNew: true }));
            case "DEL":
                return words.filter((each) => this.#store.delete(each)).length;
            case "RENAME":
                return this.#store.rename(key, second) ? ok : new Error("ERR no such key");
            case "SCAN":
                return this.#scan(words);
            case "PUBLISH":
                return this.#publish(key, args[1]!);
            default:
                return new Error(`ERR unknown command '${command}'`);
        }
    }

    #changeChannels(client: Client, command: string, words: readonly string[]): Reply[] {
        const kind = Buffer.from(command.toLowerCase());
        const channels = command === "UNSUBSCRIBE" && words.length === 0 ? [...client.channels] : words;
        return channels.map((channel) => {
            client.channels[command === "SUBSCRIBE" ? "add" : "delete"](channel);
            return [kind, Buffer.from(channel), client.channels.size];
        });
    }

    #publish(channel: string, message: Buffer): number {
        const listeners = [...this.#clients].filter(({ channels }) => channels.has(channel));
        const reply = encode([Buffer.from("message"), Buffer.from(channel), message]);
        listeners.forEach(({ socket }) => socket.write(reply));
        return listeners.length;
    }

    /** `SCAN cursor [MATCH prefix*] [COUNT number]`: all keys at once. */
    #scan(words: readonly string[]): Reply {
        const at = words.findIndex((word) => word.toUpperCase() === "MATCH");
        const [, prefix] = /^([^*?[\\]*)\*$/.exec(at < 0 ? "*" : (words[at + 1] ?? "")) ?? [];
        if (prefix === undefined) {
            return new Error("ERR MATCH takes a prefix and * here");
        }
        const keys = this.#store.keys().filter((key) => key.startsWith(prefix));
        return [Buffer.from("0"), keys.map((key) => Buffer.from(key))];
    }
}

/** The options behind key and value: `EX seconds`, `PX milliseconds`, `NX`. */
function setOptions(words: readonly string[]): SetOptions {
    const upper = words.map((word) => word.toUpperCase());
    const after = (word: string) => (upper.includes(word) ? Number(upper[upper.indexOf(word) + 1]) : undefined);
    const seconds = after("EX");
    const ttlMs = seconds === undefined ? after("PX") : seconds * 1000;
    return { ...(ttlMs === undefined ? {} : { ttlMs }), onlyNew: upper.includes("NX") };
}
