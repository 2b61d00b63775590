import { createServer } from "node:http";

const [port, cluster] = process.argv.slice(2);

createServer(({ url }, response) => {
    response.writeHead(url === "/healthz" ? 200 : 404, { "content-type": "text/plain" }).end(`${cluster}\n`);
}).listen(Number(port), "127.0.0.1");
