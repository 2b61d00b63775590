import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { argoCdValues } from "../../../components/argoCd/values";
import { violations, type Violation } from "../../../policy/check";
import type { Subject } from "../../../policy/rule";
import { parsePolicySettings } from "../../../policy/settings";
import { parseSettings } from "../../../settings";
import type { HubSettings } from "../../../settings/hub";
import { everything, type Recorded } from "./mocks";

const committed = parsePolicySettings(
    JSON.parse(readFileSync(path.resolve(__dirname, "../../../policy/settings.json"), "utf8")),
);

/** When the mocks' tokens are a month old. */
const now = Date.parse("2026-02-01T00:00:00Z");

type Props = Record<string, unknown>;

/** The program's values for the argo-cd chart, for a hub with these settings. */
export function hubValues(settings: Props): Props {
    const agent = { repository: "https://git.example.com/agent.git" };
    const all = { role: "hub", cluster: { context: "hub" }, domain: "example.com", agent, ...settings };
    return argoCdValues({ settings: parseSettings(all) as HubSettings, serviceMonitors: false });
}

/** Argo CD's Helm release with these values. */
export function argoCd(values: Props): Props {
    return { name: "argocd", chart: "argo-cd", version: "10.1.1", repositoryOpts: { repo: "https://h.example" }, values };
}

/** What the committed policies find wrong with resources. */
export function judge(subjects: readonly Subject[]): Violation[] {
    return violations(subjects, committed, now);
}

/** What the committed policies find wrong with what the mocks recorded. */
export function judgeRecorded(): Violation[] {
    return judge(everything().map(subjectOf));
}

function subjectOf({ type, name, inputs }: Recorded): Subject {
    const secrets = new Set<string>();
    const props = unwrapped(inputs, [], secrets) as Record<string, unknown>;
    const isSecret = (of: readonly string[]) =>
        of.some((_, index) => secrets.has(of.slice(0, index + 1).join("\0")));
    return { type, name, props, isSecret };
}

function unwrapped(value: unknown, at: readonly string[], secrets: Set<string>): unknown {
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (pulumi.runtime.isRpcSecret(value)) {
        secrets.add(at.join("\0"));
        return unwrapped(pulumi.runtime.unwrapRpcSecret(value), at, secrets);
    }
    if (Array.isArray(value)) {
        return value.map((item, index) => unwrapped(item, [...at, String(index)], secrets));
    }
    return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, unwrapped(inner, [...at, key], secrets)]),
    );
}
