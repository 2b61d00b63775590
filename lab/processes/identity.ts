export { type ProcessFacts, processFacts } from "../../scripts/support/processes";
