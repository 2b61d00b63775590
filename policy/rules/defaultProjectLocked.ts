import { adoptedAnnotation, argoCdNamespace, defaultProjectName } from "../../clusters/names";
import { at } from "../read";
import type { StackRule } from "../rule";

export const defaultProjectLocked: StackRule = {
    name: "default-project-locked",
    description: "A hub locks Argo CD's AppProject `default`, unless its Argo CD was adopted with Applications of others.",
    checkStack: (subjects) => {
        const isHub = subjects.some(({ type }) => type === "kubernetes:argoproj.io/v1alpha1:ApplicationSet");
        const isLocked = subjects.some(
            ({ type, props }) =>
                type === "kubernetes:argoproj.io/v1alpha1:AppProjectPatch" &&
                at(props, "metadata", "name") === defaultProjectName,
        );
        const isAdopted = subjects.some(
            ({ type, props }) =>
                type === "kubernetes:core/v1:Namespace" &&
                at(props, "metadata", "name") === argoCdNamespace &&
                at(props, "metadata", "annotations", adoptedAnnotation) !== undefined,
        );
        return isHub && !isLocked && !isAdopted
            ? ["leaves the AppProject default as it is, which allows everything. Remove defaultProject: unmanaged"]
            : [];
    },
};
