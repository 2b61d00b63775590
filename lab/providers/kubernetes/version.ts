import { version } from "@pulumi/kubernetes/package.json";

/** The provider's version is that of the npm package, which asks for it. */
export const providerVersion = version;
