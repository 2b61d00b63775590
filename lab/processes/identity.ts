export { processFacts } from "../../scripts/support/processes";
