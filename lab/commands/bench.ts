import { delivery } from "../bench/delivery";
import { fleet } from "../bench/fleet";
import { manyApplications } from "../bench/fleet/manyApplications";
import { hub } from "../bench/hub";
import { previews } from "../bench/previews";

/** The benchmarks of a running lab; each returns the lines of its result. */
const benchmarks: Record<string, () => Promise<string[]>> = {
    ...{ previews, hub, delivery, fleet },
    applications: manyApplications,
};

/** Measures the running lab, and prints medians and ratios. */
export async function bench(name = "previews"): Promise<void> {
    const benchmark = benchmarks[name];
    if (benchmark === undefined) {
        throw new Error(`there is no benchmark "${name}". Write one of: ${Object.keys(benchmarks).join(", ")}`);
    }
    process.stdout.write(`${(await benchmark()).join("\n")}\n`);
}
