export { catalogue, type ToolName } from "./catalogue";
export { certManagerChart } from "./certManagerChart";
export { ensureExtras, ensureTools, toolBin, toolPath } from "./ensure";
export { whyNoneAnswers } from "./releaseHosts";
export { argoCdOfChart, defaultVersion, labVersion, versionFlags } from "./versions";
export { argoCdManifests, externalSecretsManifests, otherCrds } from "./manifests";
