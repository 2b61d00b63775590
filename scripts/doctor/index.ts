/**
 * Says what is missing before an `up`, with the remedy, and changes nothing:
 *
 *     npm run doctor -- [STACK …]                       this machine, and the stacks; by default each with a stack file
 *     npm run doctor -- --repository [OWNER/NAME]       the settings of the repository on GitHub
 *
 * Exit codes: 0 nothing is missing; 1 something is missing; 2 something could not be checked from here.
 */
import { InputError } from "../../settings/inputError";
import { main, say } from "../support/main";
import { parseOptions } from "../support/options";
import { fullNameOf, settingsAndPlaceOf, stackNames } from "../support/pulumi";
import { isDivided, stacksOf, stacksWithFile } from "../support/stackFile";
import { examineEnvironment } from "./environment";
import { exitCodeOf, failures, type Finding, finding, linesOf } from "./finding";
import { examineHub } from "./hub";
import { judgeMachine, readMachine } from "./machine";
import { examineRepository } from "./onGitHub";

const usage = "usage: npm run doctor -- [STACK …] | --repository [OWNER/NAME]";

/** The stacks with a stack file, the hub's first. */
function allStacks(): string[] {
    return stacksWithFile().filter((stack) => !isDivided(stack)).sort((left, right) => Number(right === "hub") - Number(left === "hub"));
}

async function examineStack(stack: string, kubectl: string | undefined): Promise<Finding[]> {
    try {
        const known = await stackNames();
        if (!known.includes(stack)) {
            const list = known.length === 0 ? "none" : known.join(", ");
            return [finding("fail", `the stack ${stack} does not exist; there is ${list}. Run \`pulumi stack init ${stack}\``)];
        }
        const { settings, owner, ...place } = await settingsAndPlaceOf(stack);
        const name = await fullNameOf(owner);
        return settings.role === "hub"
            ? await examineHub(settings, name, kubectl)
            : await examineEnvironment(settings, name, kubectl, place);
    } catch (error) {
        return failures(error);
    }
}

function report(title: string, findings: readonly Finding[]): readonly Finding[] {
    say([title, ...findings.flatMap(linesOf)].join("\n"));
    return findings;
}

function conclude(findings: readonly Finding[]): void {
    const count = (level: Finding["level"]) => findings.filter((one) => one.level === level).length;
    say(`${count("fail")} missing, ${count("unknown")} not checked, ${count("warn")} warnings`);
    process.exitCode = exitCodeOf(findings);
}

main(module, async (args) => {
    const { values, positionals } = parseOptions(
        { args, allowPositionals: true, options: { repository: { type: "boolean", default: false } } },
        usage,
    );
    if (values.repository) {
        const [given, ...more] = positionals;
        if (more.length > 0 || (given !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(given))) {
            throw new InputError(usage);
        }
        const { repository, findings } = await examineRepository(given);
        conclude(report(repository, findings));
        return;
    }
    const machine = await readMachine();
    const findings = [...report("this machine", judgeMachine(machine))];
    for (const stack of positionals.length > 0 ? positionals.flatMap(stacksOf) : allStacks()) {
        findings.push(...report(stack, await examineStack(stack, machine.kubectl)));
    }
    conclude(findings);
});
