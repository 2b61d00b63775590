import type { HubSettings } from "../../settings/hub";
import type { ArgoCdValues } from "./names";

/** Default chart and version; docs/upgrade.md lists the tested versions, lab/tools/versions.ts its Argo CD. */
export const argoCdChart = { name: "argo-cd", repository: "https://argoproj.github.io/argo-helm", version: "10.1.1" };

/**
 * A later patch of Argo CD for one version of the chart, whose own has published holes (clusters/argoCdHoles.ts):
 * 10.1.1 has 3.4.4. Another version of the chart keeps its own.
 */
const patched = { chart: "10.1.1", tag: "v3.4.15" };

type Chart = Pick<HubSettings, "chart">["chart"];

/** The chart's value for the image's tag, where the program has a patch for it; one of `chart.values` has priority. */
export function imageValues({ path, version = argoCdChart.version }: Chart): ArgoCdValues {
    return path === undefined && version === patched.chart ? { global: { image: { tag: patched.tag } } } : {};
}

/**
 * The version of Argo CD that the chart's values choose.
 *
 * @param values the chart's values, with those of the settings
 * @returns such as `v3.4.15`; undefined if they choose none, so that it is the chart's own
 */
export function versionIn(values: ArgoCdValues): string | undefined {
    const { image } = (values.global ?? {}) as { readonly image?: { readonly tag?: unknown } };
    return typeof image?.tag === "string" && /^v?\d+\.\d+\.\d+/.test(image.tag) ? image.tag : undefined;
}
