export { type ClusterName, clusterNames } from "./names";
export { startApiServer, stopApiServer } from "./outage";
export { startClusters } from "./start";
export { clusterStates } from "./states";
export { stopClusters } from "./stop";
