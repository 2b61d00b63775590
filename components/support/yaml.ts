import { stringify } from "yaml";

/**
 * YAML for the Go programs on the hub. They read YAML 1.1 (sigs.k8s.io/yaml), in which a plain `on` or `12:30` is not
 * text; the quotes keep such a value as text.
 */
export function toYaml(value: unknown): string {
    return stringify(value, { compat: "yaml-1.1", lineWidth: 0 });
}
