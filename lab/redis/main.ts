import { RedisServer } from "./server";

/** Entry of Redis's process: `main PORT`, with the password in REDIS_PASSWORD, so that no process list shows it. */
async function main(): Promise<void> {
    const port = Number(process.argv[2]);
    if (!port) {
        throw new Error("usage: main PORT");
    }
    await new RedisServer(process.env.REDIS_PASSWORD ?? "").listen(port);
}

main().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
});
