/** The application that a stack file names by `agent` alone, and that clusters had before there were others. */
export const agentKey = "agent";
