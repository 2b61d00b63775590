import { InputError } from "../../settings/inputError";
import { milliseconds } from "../../settings/duration";
import { parseOptions } from "../support/options";
import { type Action, actions } from "./rings/commands";

const usage =
    "usage: npm run promote -- --from STACK --to ANOTHER [--application NAME] [--timeout 15m] [--allow-superseded]\n" +
    "       npm run promote -- --to STACK [--application NAME] [--timeout 15m] " +
    `(${actions.map((action) => `--${action}`).join(" | ")})`;

/** A promotion from another stack. */
interface Begin {
    readonly from: string;
    /** Whether clusters may go back to a revision that a promotion has replaced there. */
    readonly allowSuperseded: boolean;
}

/** What to do: promote from another stack, or act on a release in rings that has begun. */
export interface PromoteOptions {
    readonly to: string;
    readonly does: Begin | { readonly action: Action };
    readonly application: string | undefined;
    /** As a Go duration; undefined if the user does not say. */
    readonly timeout: string | undefined;
}

/** @throws InputError with the usage */
export function optionsIn(args: string[]): PromoteOptions {
    const flag = { type: "boolean", default: false } as const;
    const text = { type: "string" } as const;
    const options = {
        ...{ from: text, to: text, application: text, timeout: text },
        ...{ resume: flag, approve: flag, pause: flag, back: flag, status: flag, "allow-superseded": flag },
    };
    const { values } = parseOptions({ args, options }, usage);
    const { from, to, application, timeout, "allow-superseded": allowSuperseded } = values;
    const [action, ...more] = actions.filter((one) => values[one]);
    const isBegin = from !== undefined && from !== to;
    const isAction = from === undefined && !allowSuperseded;
    const does = action === undefined ? isBegin && { from, allowSuperseded } : isAction && { action };
    const isTime = timeout === undefined || milliseconds(timeout) > 0;
    if (to === undefined || does === false || more.length > 0 || !isTime) {
        throw new InputError(usage);
    }
    return { to, does, application, timeout };
}
