import { Hub, type HubArgs } from "../../../components/hub";
import { parseSettings } from "../../../settings";
import type { HubSettings } from "../../../settings/hub";
import { mockPulumi, settled } from "./mocks";
import type * as pulumi from "@pulumi/pulumi";

/** A hub that came up under mocks, and the settings that it was given. */
export interface HubUnderMocks {
    readonly hub: Hub;
    readonly settings: HubSettings;
}

/** The least settings of a hub, and what is given over them. */
export function hubSettings(more: object = {}): HubSettings {
    return parseSettings({
        role: "hub",
        cluster: { context: "hub" },
        domain: "example.com",
        agent: { repository: "https://git.example.com/agent.git" },
        ...more,
    }) as HubSettings;
}

/** Brings a hub up under mocks, with the least settings and what is given over them. */
export async function bringUpHub(
    more: Readonly<Record<string, unknown>> = {},
    opts?: pulumi.ComponentResourceOptions,
    facts: Partial<Pick<HubArgs, "adoption" | "agentOnHub" | "alertObjects" | "chartHasSecret" | "registersHub">> = {},
): Promise<HubUnderMocks> {
    await mockPulumi();
    const settings = hubSettings(more);
    const args = {
        settings,
        stack: "organization/hubspoke/hub",
        serviceMonitors: false,
        alertObjects: "files" as const,
        chartHasSecret: false,
        registersHub: true,
        ...facts,
    };
    const hub = new Hub("hub", args, opts);
    await settled();
    return { hub, settings };
}
