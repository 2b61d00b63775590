export { type ApplicationRow, readApplications } from "./applications";
export { type ChartChoice, chooseChart } from "./chart-choice";
export { type ClusterRow, readClusters } from "./clusters";
export { agentRepository, changeAgentFile, copyAgentRepository, publishAgentRepository, type Revision } from "./git-repository";
export { agentRepositoryUrl, startGitServer, stopGitServer } from "./git-server";
export { type ArgoCdReach, argoCdCliEnvironment, logIn, reachArgoCd } from "./login";
export { type ArgoCd, findArgoCd, startArgoCd, type StartedComponent, stopArgoCd } from "./start";
export { announcePush } from "./webhook";
