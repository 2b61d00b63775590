export { areTokensFresh } from "./accounts";
export { type ApplicationRow, readApplications } from "./applications";
export { chooseChart } from "./chartChoice";
export { type ClusterRow, readClusters } from "./clusters";
export {
    agentRepository,
    changeAgentFile,
    type CommitKey,
    copyAgentRepository,
    publishAgentRepository,
    type Revision,
    writeAgentFile,
} from "./gitRepository";
export { agentRepositoryUrl, startGitServer, stopGitServer } from "./gitServer";
export { type ArgoCdReach, logIn } from "./login";
export { findArgoCd, startArgoCd, stopArgoCd } from "./start";
export { announcePush } from "./webhook";
