import { type ArgoCdReach, logIn, reachArgoCd } from "./argocd";
import { adminPassword } from "./stacks/pulumi";

/** A session at the lab's argocd-server: the kept one, or a new one as the admin that the hub's stack made. */
export async function argoCdSession(): Promise<ArgoCdReach> {
    const kept = await reachArgoCd();
    if (!("unavailable" in kept)) {
        return kept;
    }
    try {
        return await logIn(await adminPassword());
    } catch (error) {
        return { unavailable: (error as Error).message };
    }
}
