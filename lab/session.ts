import { type ArgoCdReach, logIn } from "./argocd";
import { adminPassword } from "./stacks/pulumi";

/** A session at the lab's argocd-server as the admin that the hub's stack made, or why there is none. */
export async function argoCdSession(): Promise<ArgoCdReach> {
    try {
        return await logIn(adminPassword);
    } catch (error) {
        return { unavailable: (error as Error).message };
    }
}
