export { type ApplicationRow, readApplications } from "./applications";
export { type ChartChoice, chooseChart } from "./chartChoice";
export { type ClusterRow, readClusters } from "./clusters";
export { agentRepository, changeAgentFile, copyAgentRepository, publishAgentRepository, type Revision } from "./gitRepository";
export { agentRepositoryUrl, startGitServer, stopGitServer } from "./gitServer";
export { type ArgoCdReach, argoCdCliEnvironment, logIn, reachArgoCd } from "./login";
export { type ArgoCd, findArgoCd, startArgoCd, type StartedComponent, stopArgoCd } from "./start";
export { announcePush } from "./webhook";
