import { type Document, isAlias, isNode, visit } from "yaml";
import { InputError } from "../../settings/inputError";

/**
 * Refuses to change a value that a YAML anchor shares with another place: both would change, or the file would have an
 * alias of nothing. A release to one cluster must not reach another.
 *
 * @param at the value's path in a stack file, or the path at which it will be added
 * @throws InputError that names the setting and the anchor
 */
export function refuseShared(document: Document, at: readonly string[]): void {
    for (let length = 1; length <= at.length; length += 1) {
        const path = at.slice(0, length);
        const node = document.getIn(path, true);
        if (!isNode(node)) {
            return;
        }
        const anchor = isAlias(node) ? node.source : node.anchor;
        if (anchor !== undefined && hasAlias(document, anchor)) {
            throw new InputError(
                `${path.slice(1).join(".")} in the stack file is shared with other settings by the YAML anchor ` +
                    `"${anchor}", so it cannot be changed alone. Write it out at each place, without &${anchor} and *${anchor}`,
            );
        }
    }
}

function hasAlias(document: Document, anchor: string): boolean {
    let found = false;
    visit(document, { Alias: (_, { source }) => void (found ||= source === anchor) });
    return found;
}
