import * as net from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { lookAtRedis } from "../argocd/health";
import { CommandReader } from "../redis/protocol";
import { RedisServer } from "../redis/server";
import { Store } from "../redis/store";

const password = "only-here";

/** A client that sends words, and reads until what it received ends with the bytes that it expects. */
class Client {
    readonly #socket: net.Socket;
    #received = "";

    constructor(port: number) {
        this.#socket = net.connect(port, "127.0.0.1").setEncoding("utf8");
        this.#socket.on("data", (text: string) => (this.#received += text));
    }

    send(...words: string[]): void {
        const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
        this.sendRaw(`*${words.length}\r\n${parts.join("")}`);
    }

    sendRaw(bytes: string): void {
        this.#socket.write(bytes);
    }

    /** What came since the last call, in one line, once as many lines are there. */
    async lines(count: number): Promise<string> {
        for (let tries = 0; this.#received.split("\r\n").length <= count; tries++) {
            expect(tries, `waited for ${count} lines, received ${JSON.stringify(this.#received)}`).to.be.lessThan(400);
            await pause(5);
        }
        const all = this.#received.split("\r\n").slice(0, -1);
        this.#received = "";
        return all.join(" ");
    }

    async ask(count: number, ...words: string[]): Promise<string> {
        this.send(...words);
        return this.lines(count);
    }

    close(): void {
        this.#socket.destroy();
    }
}

describe("lab: Redis", () => {
    let server: RedisServer;
    let port: number;
    let client: Client;
    let other: Client;

    beforeEach(async () => {
        server = new RedisServer(password);
        port = await server.listen(0);
        client = new Client(port);
        other = new Client(port);
        expect(await client.ask(1, "AUTH", "default", password)).to.equal("+OK");
        expect(await other.ask(1, "auth", password)).to.equal("+OK");
    });

    afterEach(() => {
        client.close();
        other.close();
        server.close();
    });

    it("answers the lab's look at its health, with the right password only", async () => {
        expect(await lookAtRedis(port, password)).to.deep.equal({ done: true });
        expect(await lookAtRedis(port, "guessed")).to.have.property("seen").that.matches(/WRONGPASS/);
    });

    it("answers nothing before the password", async () => {
        const stranger = new Client(port);
        expect(await stranger.ask(1, "GET", "key")).to.match(/^-NOAUTH/);
        expect(await stranger.ask(1, "SUBSCRIBE", "channel")).to.match(/^-NOAUTH/);
        stranger.close();
    });

    it("refuses what it does not know, so that clients fall back to RESP 2", async () => {
        expect(await client.ask(1, "HELLO", "3")).to.equal("-ERR unknown command 'HELLO'");
    });

    it("keeps values, and knows which are not there", async () => {
        expect(await client.ask(1, "SET", "key", "täxt\r\n", "EX", "60")).to.equal("+OK");
        expect(await other.ask(3, "GET", "key")).to.equal("$7 täxt ");
        expect(await other.ask(1, "GET", "nothing")).to.equal("$-1");
        expect(await other.ask(1, "DEL", "key", "nothing")).to.equal(":1");
        expect(await client.ask(1, "GET", "key")).to.equal("$-1");
    });

    it("writes no second value where the first must stay", async () => {
        expect(await client.ask(1, "SET", "lock", "1", "EX", "60", "NX")).to.equal("+OK");
        expect(await other.ask(1, "SET", "lock", "2", "PX", "60000", "nx")).to.equal("$-1");
        expect(await other.ask(1, "SETNX", "lock", "3")).to.equal(":0");
        expect(await client.ask(2, "GET", "lock")).to.equal("$1 1");
    });

    it("renames values, and says in Redis's words where there is none", async () => {
        await client.ask(1, "SET", "a", "1");
        expect(await client.ask(1, "RENAME", "a", "b")).to.equal("+OK");
        expect(await client.ask(2, "GET", "b")).to.equal("$1 1");
        expect(await client.ask(1, "RENAME", "a", "b")).to.equal("-ERR no such key");
    });

    it("lists keys by their prefix", async () => {
        await client.ask(1, "SET", "revoked|1", "");
        await client.ask(1, "SET", "other", "");
        expect(await client.ask(6, "SCAN", "0", "MATCH", "revoked|*", "COUNT", "10000")).to.equal("*2 $1 0 *1 $9 revoked|1");
        expect(await client.ask(1, "SCAN", "0", "MATCH", "r?voked")).to.match(/^-ERR/);
    });

    it("tells subscribers what is published, until they leave the channel or the server", async () => {
        expect(await client.ask(6, "SUBSCRIBE", "news")).to.equal("*3 $9 subscribe $4 news :1");
        expect(await other.ask(1, "PUBLISH", "news", "hello")).to.equal(":1");
        expect(await client.lines(7)).to.equal("*3 $7 message $4 news $5 hello");
        expect(await client.ask(5, "PING", "still")).to.equal("*2 $4 pong $5 still");
        expect(await client.ask(6, "UNSUBSCRIBE")).to.equal("*3 $11 unsubscribe $4 news :0");
        expect(await other.ask(1, "PUBLISH", "news", "again")).to.equal(":0");
    });

    it("ends a connection that does not speak Redis", async () => {
        client.sendRaw("GET / HTTP/1.1\r\n\r\n");
        expect(await client.lines(1)).to.match(/^-ERR protocol error/);
    });

    it("reads commands that come in any pieces", () => {
        const bytes = Buffer.from("*2\r\n$3\r\nGET\r\n$1\r\nä\r\n".replace("$1", "$2") + "*1\r\n$4\r\nPING\r\n");
        for (let cut = 0; cut <= bytes.length; cut++) {
            const reader = new CommandReader();
            const commands = [...reader.take(bytes.subarray(0, cut)), ...reader.take(bytes.subarray(cut))];
            expect(commands.map((words) => words.map(String)), `cut at ${cut}`).to.deep.equal([["GET", "ä"], ["PING"]]);
        }
    });

    it("forgets values at the end of their life, and not before", () => {
        let now = 0;
        const store = new Store(() => now);
        store.set("short", Buffer.from("1"), { ttlMs: 1000 });
        store.set("long", Buffer.from("2"));
        store.rename("short", "renamed");
        now = 999;
        expect(store.get("renamed")?.toString()).to.equal("1");
        expect(store.set("renamed", Buffer.from("3"), { onlyNew: true })).to.equal(false);
        now = 1000;
        expect(store.keys()).to.deep.equal(["long"]);
        expect(store.set("renamed", Buffer.from("3"), { onlyNew: true })).to.equal(true);
    });
});
