import { ensure, toolPath } from "../../../lab/tools/ensure";
import { catalogue, type Tool } from "../../../lab/tools/catalogue";
import { extras } from "../../../lab/tools/extras";

/** `bringTools NAME…`: brings these tools as every lab does, and prints what it reports and, last, their paths. */
async function main(): Promise<void> {
    const names = process.argv.slice(2);
    const tools: readonly Tool[] = [...catalogue, ...extras].filter(({ name }) => names.includes(name));
    await ensure(tools, (line) => process.stdout.write(`${line}\n`));
    process.stdout.write(`${JSON.stringify(names.map((name) => toolPath(name as "helm")))}\n`);
}

main().catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
});
