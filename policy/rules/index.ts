import type { Rule, StackRule } from "../rule";
import { clusterLabels } from "./clusterLabels";
import { clusterNamespaces } from "./clusterNamespaces";
import { defaultProjectLocked } from "./defaultProjectLocked";
import { hubAvailable } from "./hubAvailable";
import { hubNarrow } from "./hubNarrow";
import { imagesPinned } from "./imagesPinned";
import { noPlainSecret } from "./noPlainSecret";
import { notClusterAdmin } from "./notClusterAdmin";
import { projectNarrow } from "./projectNarrow";
import { releasesSeen } from "./releasesSeen";
import { tlsVerified } from "./tlsVerified";
import { tokenAge } from "./tokenAge";

/** Every rule for whole stacks. */
export const stackRules: readonly StackRule[] = [defaultProjectLocked];

/** Every rule for single resources. */
export const rules = [
    tlsVerified,
    notClusterAdmin,
    noPlainSecret,
    hubAvailable,
    imagesPinned,
    projectNarrow,
    tokenAge,
    clusterLabels,
    clusterNamespaces,
    hubNarrow,
    releasesSeen,
] as readonly Rule[];
