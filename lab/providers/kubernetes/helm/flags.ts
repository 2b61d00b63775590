import type { ReleaseInputs } from "./inputs";

/** Flags that `helm install` and `helm upgrade` share. */
const common: Readonly<Record<string, string>> = {
    atomic: "--atomic",
    dependencyUpdate: "--dependency-update",
    devel: "--devel",
    disableOpenapiValidation: "--disable-openapi-validation",
    renderSubchartNotes: "--render-subchart-notes",
    skipCrds: "--skip-crds",
    verify: "--verify",
};

const onlyInstall: Readonly<Record<string, string>> = {
    createNamespace: "--create-namespace",
    disableWebhooks: "--no-hooks",
    replace: "--replace",
};

const onlyUpgrade: Readonly<Record<string, string>> = {
    cleanupOnFail: "--cleanup-on-fail",
    disableCRDHooks: "--no-hooks",
    forceUpdate: "--force",
    resetValues: "--reset-values",
    reuseValues: "--reuse-values",
};

/** The flags of `helm install` for a release's inputs. */
export function installFlags(inputs: ReleaseInputs): string[] {
    return [
        ...switches(inputs, common),
        ...switches(inputs, onlyInstall),
        ...waiting(inputs),
        ...texts(inputs),
    ];
}

/** The flags of `helm upgrade` for a release's inputs. */
export function upgradeFlags(inputs: ReleaseInputs): string[] {
    const { maxHistory } = inputs.options;
    const history = typeof maxHistory === "number" ? maxHistory : 0;
    return [
        ...switches(inputs, common),
        ...switches(inputs, onlyUpgrade),
        ...waiting(inputs),
        ...texts(inputs),
        ...["--history-max", String(history)],
    ];
}

/** An uninstall waits as the installation did. */
export function uninstallFlags(inputs: ReleaseInputs): string[] {
    return inputs.skipAwait && inputs.options.atomic !== true
        ? []
        : ["--wait", "--timeout", `${inputs.timeout}s`];
}

function waiting({ skipAwait, timeout, options }: ReleaseInputs): string[] {
    const jobs = options.waitForJobs === true ? ["--wait-for-jobs"] : [];
    return [...(skipAwait ? [] : ["--wait", ...jobs]), "--timeout", `${timeout}s`];
}

function texts({ options }: ReleaseInputs): string[] {
    const { description, keyring } = options;
    return [
        ...(typeof description === "string" && description !== "" ? ["--description", description] : []),
        ...(typeof keyring === "string" && keyring !== "" ? ["--keyring", keyring] : []),
    ];
}

function switches({ options }: ReleaseInputs, flags: Readonly<Record<string, string>>): string[] {
    return Object.entries(flags).flatMap(([option, flag]) => (options[option] === true ? [flag] : []));
}
