import { bench } from "./commands/bench";
import { down } from "./commands/down";
import { drillCommand } from "./commands/drill";
import { env } from "./commands/env";
import { status } from "./commands/status";
import { up } from "./commands/up";
import { refuseWindows } from "./platform";

const commands: Record<string, (argument?: string) => void | Promise<void>> = {
    ...{ up, status, env, down, bench },
    drill: drillCommand,
};

async function main(): Promise<void> {
    refuseWindows();
    const name = process.argv[2] ?? "up";
    const command = commands[name];
    if (command === undefined) {
        throw new Error(`there is no lab command "${name}". Write one of: ${Object.keys(commands).join(", ")}`);
    }
    await command(process.argv[3]);
}

main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
