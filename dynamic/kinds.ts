/**
 * The kinds of dynamic resources, by the name that components/support/dynamicResource.ts writes into the state. These
 * names are in the state of every stack: do not change them.
 */
export { access } from "./access";
export { boundToken } from "./boundToken";
export { connection } from "./connection";
export { departures } from "./departures";
export { drain } from "./drain";
export { guard } from "./guard";
