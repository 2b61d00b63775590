import { serveGit } from "./git-http";

/** Entry of the Git server's process: `git-server-main.ts ROOT PORT`. */
function main(): void {
    const [root, port] = process.argv.slice(2);
    if (!root || !port) {
        throw new Error("usage: git-server-main.ts ROOT PORT");
    }
    serveGit(root, Number(port));
}

main();
