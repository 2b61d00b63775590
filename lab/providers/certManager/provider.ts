import { Release, type ReleaseArgs } from "@pulumi/kubernetes/helm/v3";
import { version } from "@pulumi/kubernetes-cert-manager/package.json";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult, Provider } from "@pulumi/pulumi/provider";

/** A user's inputs that do not name a chart or its repository (pulumi-kubernetes-cert-manager, provider.go). */
const chart = "cert-manager";
const repository = "https://charts.jetstack.io";

const componentType = "kubernetes-cert-manager:index:CertManager";

/**
 * The lab's stand-in for `@pulumi/kubernetes-cert-manager`: a component with one Helm release below it, whose values
 * are those of `helmOptions` with the component's own inputs over them (pulumi-go-helmbase, base.go).
 */
export class CertManagerProvider implements Provider {
    readonly version = version;

    async construct(
        name: string,
        type: string,
        inputs: pulumi.Inputs,
        options: pulumi.ComponentResourceOptions,
    ): Promise<ConstructResult> {
        if (type !== componentType) {
            throw new Error(`the lab's stand-in for cert-manager knows ${componentType}, but not ${type}`);
        }
        const { helmOptions, ...values } = inputs;
        const component = new Component(name, releaseArgs(await opened(helmOptions), values), options);
        return { urn: component.urn, state: { status: component.status } };
    }
}

class Component extends pulumi.ComponentResource {
    readonly status: pulumi.Output<unknown>;

    constructor(name: string, args: ReleaseArgs, options: pulumi.ComponentResourceOptions) {
        super(componentType, name, {}, options);
        this.status = new Release(`${name}-helm`, args, { parent: this }).status;
        this.registerOutputs({ status: this.status });
    }
}

/** The release's arguments: the user's, with defaults for the chart and the repository, and all values in one. */
function releaseArgs(helmOptions: pulumi.Inputs, values: pulumi.Inputs): ReleaseArgs {
    const { repositoryOpts = {}, values: weak = {}, ...rest } = helmOptions;
    return {
        chart,
        ...rest,
        repositoryOpts: pulumi.output(repositoryOpts).apply((given: object) => ({ repo: repository, ...given })),
        values: pulumi.output(weak).apply((given: object) => ({ ...given, ...values })),
    };
}

/** An input as an Output: the SDK passes it in that form if it comes from another resource. */
async function opened(input: unknown): Promise<pulumi.Inputs> {
    const top = pulumi.Output.isInstance<pulumi.Inputs>(input)
        ? await new Promise<pulumi.Inputs>((resolve) => input.apply(resolve))
        : (input as pulumi.Inputs | undefined);
    return top ?? {};
}
