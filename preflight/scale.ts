import { scaleOf } from "../components/argoCd/scale";
import type { HubSettings } from "../settings/hub";
import { amountOf } from "../settings/quantity";

/**
 * Refuses a memory request of the controllers above their limit: the API server would refuse their pods. Either may
 * come from `fleet`.
 *
 * @throws Error that names the setting
 */
export function refuseUnfitMemory(settings: Pick<HubSettings, "availability" | "fleet" | "scale">): void {
    const { controllerMemory: request, controllerMemoryLimit: limit } = scaleOf(settings);
    if (settings.availability === "ha" && amountOf(request) > amountOf(limit)) {
        const isGiven = settings.scale.controllerMemory !== undefined;
        const [setting, value] = isGiven ? ["controllerMemory", request] : ["controllerMemoryLimit", limit];
        throw new Error(
            `hubspoke:scale.${setting}: is ${value}, and so the request for memory (${request}) is above its limit (${limit}): ` +
                `the API server would refuse the controllers' pods. Change ${isGiven ? "it, or controllerMemoryLimit" : "it"}, ` +
                "or choose another fleet",
        );
    }
}
