import { readFileSync, writeFileSync } from "node:fs";
import { setSetting, stackFile } from "../support/stackFile";
import { say } from "../support/main";
import { pulumi } from "../support/pulumi";
import type { FailoverHub } from "./clusters";
import { withPatience } from "./patience";

/** The one resource that says where users go, whatever its name, in the hub's stack. */
const target = "urn:pulumi:**$hubspoke:index:Traffic$kubernetes:externaldns.k8s.io/v1alpha1:DNSEndpoint::**";

/**
 * Changes the one setting that says which cluster is active, and brings up the one resource that follows from it. Where
 * that fails, the stack file says again what it said before: it must never say what is not so.
 */
export async function publish(hub: FailoverHub, active: string): Promise<void> {
    const file = stackFile(hub.stack);
    const before = readFileSync(file, "utf8");
    setSetting(file, ["traffic", "active"], active);
    say(`hubspoke:traffic.active is ${active} in ${file}; bringing up the record …`);
    try {
        await withPatience("the hub", () =>
            pulumi(hub.stack, ["up", "--yes", "--skip-preview", "--target", target]),
        );
    } catch (error) {
        writeFileSync(file, before);
        throw new Error(
            `the name was not moved, and ${file} says again that ${hub.traffic.active} is active. ` +
                `Mend this, and run it again: ${(error as Error).message}`,
            { cause: error },
        );
    }
}
