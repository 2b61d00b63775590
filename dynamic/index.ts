/**
 * The kinds of dynamic resource, by the name that components/support/dynamicResource.ts writes into the state. The path
 * of this file and these names stand in the state of every stack, so they stay.
 */
export { access } from "./access";
export { drain } from "./drain";
export { guard } from "./guard";
