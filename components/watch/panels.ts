/** Panels of Grafana, as JSON has them (grafana.com/docs, "Dashboard JSON model"). */

/** A query: PromQL, and how its series are named. */
export interface Query {
    readonly expr: string;
    readonly legend?: string;
}

/** A panel before it has its place. */
export interface Panel {
    readonly title: string;
    readonly type: "stat" | "state-timeline" | "table" | "timeseries";
    /** Of 24 columns. */
    readonly width: number;
    readonly height: number;
    readonly queries: readonly Query[];
    readonly description?: string;
    readonly unit?: string;
    readonly options?: object;
    readonly defaults?: object;
    readonly transformations?: readonly object[];
}

/** Where Prometheus is: what the person at the dashboard chose. */
export const datasource = { type: "prometheus", uid: "${datasource}" };

const green = { color: "green", value: null };

/** How many of something there are, of which there should be none. */
export function countOf(title: string, vector: string, description: string): Panel {
    return {
        title,
        type: "stat",
        width: 4,
        height: 4,
        description,
        queries: [{ expr: `count(${vector}) or vector(0)` }],
        options: { colorMode: "background", graphMode: "none", reduceOptions: { calcs: ["lastNotNull"] } },
        defaults: { thresholds: { mode: "absolute", steps: [green, { color: "red", value: 1 }] } },
    };
}

/** When something was up (1) and when down (0), one line for each series. */
export function upAndDown(title: string, query: Query, description: string): Panel {
    return {
        title,
        type: "state-timeline",
        width: 8,
        height: 8,
        description,
        queries: [query],
        options: { mergeValues: true, showValue: "never", legend: { showLegend: false } },
        defaults: {
            mappings: [
                { type: "value", options: { 0: { text: "down", color: "red" }, 1: { text: "up", color: "green" } } },
            ],
            custom: { fillOpacity: 80 },
        },
    };
}

/** Values over time. */
export function overTime(title: string, unit: string, queries: readonly Query[], description: string): Panel {
    return { title, type: "timeseries", width: 12, height: 8, unit, queries, description };
}

/** What is so now, a row for each series; of the labels those named are columns. */
export function listOf(title: string, query: Query, columns: readonly string[], more: Partial<Panel> = {}): Panel {
    const indexByName = Object.fromEntries([...columns, "Value"].map((name, index) => [name, index]));
    return {
        title,
        type: "table",
        width: 12,
        height: 9,
        queries: [query],
        transformations: [
            { id: "filterFieldsByName", options: { include: { names: [...columns, "Value"] } } },
            { id: "organize", options: { indexByName } },
        ],
        ...more,
    };
}

/** Panels with ids and places: from left to right, and down where a row is full. */
export function placed(panels: readonly Panel[]): object[] {
    let [x, y, rowHeight] = [0, 0, 0];
    return panels.map((panel, index) => {
        if (x + panel.width > 24) {
            [x, y, rowHeight] = [0, y + rowHeight, 0];
        }
        const gridPos = { x, y, w: panel.width, h: panel.height };
        [x, rowHeight] = [x + panel.width, Math.max(rowHeight, panel.height)];
        return {
            id: index + 1,
            title: panel.title,
            type: panel.type,
            description: panel.description ?? "",
            gridPos,
            datasource,
            targets: panel.queries.map(({ expr, legend }, number) => ({
                refId: String.fromCharCode("A".charCodeAt(0) + number),
                datasource,
                expr,
                legendFormat: legend ?? "",
                ...(panel.type === "timeseries" || panel.type === "state-timeline"
                    ? { range: true }
                    : { instant: true, range: false, format: panel.type === "table" ? "table" : "time_series" }),
            })),
            options: panel.options ?? {},
            fieldConfig: { defaults: { unit: panel.unit ?? "none", ...panel.defaults }, overrides: [] },
            ...(panel.transformations && { transformations: panel.transformations }),
        };
    });
}
