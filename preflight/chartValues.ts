import * as pulumi from "@pulumi/pulumi";
import { guardedVariables, leaves, refusedValues } from "../components/argoCd/chartValues";
import { ownValues } from "../components/argoCd/values";
import type { HubSettings } from "../settings/hub";

/**
 * Refuses values of the chart, and variables, that would undo a guarantee of the program; and lists in the preview what
 * `chart.values` changes, by path alone.
 *
 * @throws Error that lists each with the reason and the remedy
 */
export async function checkChartValues(settings: HubSettings): Promise<void> {
    const { values = {} } = settings.chart;
    // ServiceMonitors do not decide which values the program sets.
    const own = ownValues({ settings, serviceMonitors: false });
    const problems = [
        ...refusedValues(own, values),
        ...(["env", "secretEnv"] as const).flatMap((setting) =>
            guardedVariables(own, settings.pods[setting]).map(
                (name) => `hubspoke:pods.${setting}.${name}: would undo a guarantee, or the program sets it itself. Remove it`,
            ),
        ),
    ];
    if (Object.keys(values).length > 0 && secretKeys().includes(`${pulumi.getProject()}:chart`)) {
        problems.push(
            "hubspoke:chart.values: contains a secret, and the values of a chart are plain text in the state. Make a Secret " +
                "in another way, and refer to it",
        );
    }
    if (problems.length > 0) {
        throw new Error(problems.join("\n  "));
    }
    const changed = leaves(values).map(({ path }) => path.join("."));
    if (changed.length > 0) {
        await pulumi.log.info(`hubspoke:chart.values: sets these values of Argo CD's chart: ${changed.sort().join(", ")}`);
    }
}

/** Keys of the configuration that contain a secret, as Pulumi's engine tells its language host. */
function secretKeys(): string[] {
    return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
}
