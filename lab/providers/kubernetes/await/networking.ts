import { isMap } from "../../plugin/values";
import { listAt, nameOfObject, namespaceOf, stringAt, valueAt } from "../model/object";
import { ready, waiting, type Observation, type ReadinessRule } from "./readiness";

/** A load balancer has its address, and the selected pods, if any are selected, are reached. */
export const service: ReadinessRule = async (observation) => {
    const { live } = observation;
    const type = stringAt(live, "spec", "type");
    if (type === "LoadBalancer" && listAt(live, "status", "loadBalancer", "ingress").length === 0) {
        return waiting("Service was not allocated an IP address; does your cloud provider support this?");
    }
    const selector = valueAt(live, "spec", "selector");
    const selects = isMap(selector) && Object.keys(selector).length > 0;
    const direct = type === "ExternalName" || stringAt(live, "spec", "clusterIP") === "None";
    return direct || !selects || (await hasReadyEndpoint(observation))
        ? ready
        : waiting(
              "Service does not target any Pods. Selected Pods may not be ready, or " +
                  "field '.spec.selector' may not match labels on any Pods",
          );
};

async function hasReadyEndpoint({ live, objects }: Observation): Promise<boolean> {
    const labelSelector = `kubernetes.io/service-name=${nameOfObject(live)}`;
    const slices = await objects.list("discovery.k8s.io/v1", "EndpointSlice", namespaceOf(live), {
        labelSelector,
    });
    return slices.some((slice) =>
        listAt(slice, "endpoints").some((endpoint) => valueAt(endpoint, "conditions", "ready") !== false),
    );
}

/** An Ingress controller has given it an address. */
export const ingress: ReadinessRule = ({ live }) =>
    listAt(live, "status", "loadBalancer", "ingress").length > 0
        ? ready
        : waiting("Ingress was not allocated an IP address; does an Ingress controller serve its class?");
