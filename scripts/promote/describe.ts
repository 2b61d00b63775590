import { type Application, complaintsOf, isQuarantined, revisionOf } from "../../clusters/applications";

/** A description of an Application, in one line. */
export function describe(application: Application): string {
    const { metadata, status } = application;
    const { sync, health, operationState } = status ?? {};
    const complaints = complaintsOf(application);
    return [
        `${metadata.name}: ${sync?.status ?? "Unknown"}, ${health?.status ?? "Unknown"}`,
        `at ${revisionOf(sync) ?? "no revision"}`,
        ...(operationState?.phase === "Failed" || operationState?.phase === "Error"
            ? [`(sync ${operationState.phase}: ${operationState.message ?? ""})`]
            : []),
        ...(isQuarantined(application) ? ["(Argo CD leaves its cluster alone: lift the quarantine first)"] : []),
        ...(complaints === "" ? [] : [`(${complaints})`]),
    ].join(" ");
}
