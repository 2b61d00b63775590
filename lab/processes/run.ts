export { run, type RunOptions, type RunResult } from "../../scripts/support/run";
