import { defaultProjectName } from "../../clusters/names";
import { at } from "../read";
import type { StackRule } from "../rule";

export const defaultProjectLocked: StackRule = {
    name: "default-project-locked",
    description: "A stack with an ApplicationSet locks Argo CD's AppProject `default`.",
    checkStack: (subjects) => {
        const isHub = subjects.some(({ type }) => type === "kubernetes:argoproj.io/v1alpha1:ApplicationSet");
        const isLocked = subjects.some(
            ({ type, props }) =>
                type === "kubernetes:argoproj.io/v1alpha1:AppProjectPatch" &&
                at(props, "metadata", "name") === defaultProjectName,
        );
        return isHub && !isLocked
            ? ["leaves the AppProject default as it is, which allows everything. Remove defaultProject: unmanaged"]
            : [];
    },
};
