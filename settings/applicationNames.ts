import { dnsLabel } from "./kinds";

/** Argo CD's account on a spoke, and its namespace there (clusters/names.ts). */
const account = "argocd-manager";

/** Namespaces that no application may have: those of Kubernetes, of Argo CD, and of its account on a spoke. */
const reserved = ["argocd", account, "default", "kube-system", "kube-public", "kube-node-lease"];

/** An application's name: also that of its AppProject, and of its account for syncs, beside Argo CD's own. */
export const applicationName = dnsLabel("an application's name", "retriever").refine(
    (name) => name !== "default" && name !== account,
    "is the name of an AppProject or an account of Argo CD. Choose another name for the application",
);

/** The namespace of an application in `applications`. */
export const applicationNamespace = dnsLabel("a namespace", "retriever").refine(
    (name) => !reserved.includes(name),
    "belongs to Kubernetes or Argo CD. Choose another namespace",
);

/** The namespace of `agent`, which may be one that a cluster had before. */
export const agentNamespace = dnsLabel("a namespace", "agent").refine(
    (name) => name !== account,
    "is the namespace of Argo CD's account on each cluster. Choose another namespace",
);
