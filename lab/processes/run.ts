export { run, type RunResult } from "../../scripts/support/run";
