export { type ClusterName, clusterNames } from "./names";
export { startApiServer, stopApiServer } from "./outage";
export { type ClusterOutcome, startClusters } from "./start";
export { type ClusterState, clusterStates } from "./states";
export { stopClusters } from "./stop";
