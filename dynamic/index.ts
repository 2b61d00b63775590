/** The kinds of dynamic resource, by the name under which components/dynamicResource.ts writes them into the state. */
export { access } from "./access";
export { drain } from "./drain";
export { guard } from "./guard";
