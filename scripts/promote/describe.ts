import { type Application, complaintsOf } from "../../clusters/applications";

/** One line on an Application, for people. */
export function describe(application: Application): string {
    const { metadata, status } = application;
    const { sync, health, operationState } = status ?? {};
    const complaints = complaintsOf(application);
    return [
        `${metadata.name}: ${sync?.status ?? "Unknown"}, ${health?.status ?? "Unknown"}`,
        `at ${sync?.revision ?? "no revision"}`,
        ...(operationState?.phase === "Failed" || operationState?.phase === "Error"
            ? [`(sync ${operationState.phase}: ${operationState.message ?? ""})`]
            : []),
        ...(complaints === "" ? [] : [`(${complaints})`]),
    ].join(" ");
}
