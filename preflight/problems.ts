import { InputError } from "../settings/inputError";

/**
 * Waits for all checks, so that one error reports every problem, before anything is changed.
 *
 * @returns the results of the checks, in their order
 * @throws InputError with the message of each check that failed
 */
export async function allOf<const Checks extends readonly (() => unknown)[]>(
    checks: Checks,
): Promise<{ [index in keyof Checks]: Awaited<ReturnType<Checks[index]>> }> {
    const results = await Promise.allSettled(checks.map((check) => Promise.resolve().then(check)));
    const problems = results.flatMap((result) => (result.status === "rejected" ? [messageOf(result.reason)] : []));
    if (problems.length > 0) {
        const heading = problems.length === 1 ? "A check failed" : `${problems.length} checks failed`;
        throw new InputError(
            `${heading}; nothing was changed.\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
        );
    }
    const values = results.map((result) => (result.status === "fulfilled" ? result.value : undefined));
    return values as { [index in keyof Checks]: Awaited<ReturnType<Checks[index]>> };
}

function messageOf(reason: unknown): string {
    return reason instanceof Error ? reason.message : String(reason);
}
