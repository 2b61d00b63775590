import { serveGit } from "./gitHttp";

/** Entry of the Git server's process: `gitServerMain.ts ROOT PORT`. */
function main(): void {
    const [root, port] = process.argv.slice(2);
    if (!root || !port) {
        throw new Error("usage: gitServerMain.ts ROOT PORT");
    }
    serveGit(root, Number(port));
}

main();
