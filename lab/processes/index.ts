export { type ProcessFacts, processFacts } from "./identity";
export { type LockOptions, withLock } from "./lock";
export { blot, logTail } from "./logs";
export { freePorts, isFree } from "./ports";
export { findProcess, isAlive, listProcesses, type ProcessRecord, writeFileWhole } from "./records";
export { run, type RunOptions, type RunResult } from "./run";
export { type Adoption, adoptProcess, type ProcessSpec, startProcess } from "./start";
export { stopProcess } from "./stop";
export { GiveUp, type Look, waitFor, type WaitOptions } from "./wait";
