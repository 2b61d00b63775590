import type { AlertSettings } from "./alerts";
import { milliseconds } from "./duration";
import type { Problem } from "./given";
import type { TrafficSettings } from "./traffic";

/** What of the alerts does not fit an automatic move of users, which two of them start. */
export function automaticProblems({
    alerts,
    traffic,
}: {
    readonly alerts: AlertSettings;
    readonly traffic?: TrafficSettings;
}): Problem[] {
    if (traffic?.automatic.enabled !== true) {
        return [];
    }
    const { after } = traffic.automatic;
    if (alerts.objects === "none") {
        const message = 'is true, and with alerts.objects "none" no alert could start a move. Change one of the two';
        return [{ path: ["traffic", "automatic", "enabled"], message }];
    }
    if (milliseconds(after) < milliseconds(alerts.unreachableFor)) {
        const message =
            `is ${after}, and the alerts that start a move wait ${alerts.unreachableFor} (alerts.unreachableFor). Write at ` +
            "least that, or shorten it";
        return [{ path: ["traffic", "automatic", "after"], message }];
    }
    return [];
}
