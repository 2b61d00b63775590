import { z } from "zod";

export const otherSources = z
    .array(
        z.enum(
            ["kustomize", "remoteValues", "submodules"],
            'must be "kustomize", "remoteValues" or "submodules". Write one of these',
        ),
    )
    .meta({
        description:
            "What Argo CD may use for Applications of yours, beside Helm charts and plain manifests: `kustomize`, values files " +
            "at URLs (`remoteValues`), `submodules` of Git. Write it before the first Application that needs it: without it, " +
            "Argo CD takes a Kustomization for a folder of plain manifests, and a submodule for an empty folder. With it, who " +
            "can push to a repository that Argo CD reads can send its credential to a server of theirs, or have Argo CD call " +
            "addresses that only the hub reaches; see docs/security.md. The default is none; write `[]` where the preview asks.",
        examples: [["kustomize"]],
    })
    .optional();

/** What Argo CD may use beside Helm charts and plain manifests; undefined where nobody has decided. */
export type OtherSources = z.output<typeof otherSources>;
