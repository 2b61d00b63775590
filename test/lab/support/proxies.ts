import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";

/** A server of this machine. */
export interface Running {
    readonly port: number;
    close(): void;
}

/** A proxy that answers CONNECT and leads every name to this machine; with a status other than 200, it refuses. */
export function httpProxy(status = 200, tls?: https.ServerOptions): Promise<Running> {
    const server = tls === undefined ? http.createServer() : https.createServer(tls);
    server.on("connect", (request: http.IncomingMessage, socket: net.Socket) => {
        socket.on("error", () => socket.destroy());
        if (status !== 200) {
            socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
            return;
        }
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        joined(socket, Number(request.url?.split(":").at(-1)));
    });
    return running(server);
}

/** A SOCKS5 proxy (RFC 1928) for names, without a password, that leads every name to this machine. */
export function socksProxy(): Promise<Running> {
    return running(
        net.createServer((socket) => {
            socket.on("error", () => socket.destroy());
            socket.once("data", () => {
                socket.write(Buffer.from([5, 0]));
                socket.once("data", (asked) => {
                    socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
                    joined(socket, asked.readUInt16BE(asked.length - 2));
                });
            });
        }),
    );
}

/** A server that leads a path below it to an API server, with that one's certificate, as Rancher does. */
export function pathFront(prefix: string, target: https.RequestOptions, tls: https.ServerOptions): Promise<Running> {
    return running(
        https.createServer(tls, (request, response) => {
            const { method, headers, url = "" } = request;
            if (!url.startsWith(prefix)) {
                response.writeHead(404).end();
                return;
            }
            const options = { ...target, method, headers, path: url.slice(prefix.length) };
            const onward = https.request(options, (answer) => {
                response.writeHead(answer.statusCode ?? 502, answer.headers);
                answer.pipe(response);
            });
            request.pipe(onward);
        }),
    );
}

/** Without TLS, and with credentials of its own, as `kubectl proxy`. */
export function plainFront(target: https.RequestOptions): Promise<Running> {
    return running(
        http.createServer(({ method, url }, response) => {
            https.request({ ...target, method, path: url }, (answer) => {
                response.writeHead(answer.statusCode ?? 502, answer.headers);
                answer.pipe(response);
            }).end();
        }),
    );
}

function joined(socket: net.Socket, port: number): void {
    const onward = net.connect(port, "127.0.0.1");
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
    socket.pipe(onward).pipe(socket);
}

async function running(server: net.Server): Promise<Running> {
    server.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    return { port: (server.address() as net.AddressInfo).port, close: () => server.close() };
}
