import type { Rule } from "../rule";
import { clusterLabels } from "./clusterLabels";
import { hubAvailable } from "./hubAvailable";
import { imagesPinned } from "./imagesPinned";
import { noPlainSecret } from "./noPlainSecret";
import { notClusterAdmin } from "./notClusterAdmin";
import { projectNarrow } from "./projectNarrow";
import { tlsVerified } from "./tlsVerified";
import { tokenAge } from "./tokenAge";

/** Every rule. */
export const rules = [
    tlsVerified,
    notClusterAdmin,
    noPlainSecret,
    hubAvailable,
    imagesPinned,
    projectNarrow,
    tokenAge,
    clusterLabels,
] as readonly Rule[];
