/** Grafana panels as JSON (grafana.com/docs, "Dashboard JSON model"). */

/** A query: PromQL, and the names of its series. */
export interface Query {
    readonly expr: string;
    readonly legend?: string;
}

/** A panel without a position. */
export interface Panel {
    readonly title: string;
    readonly type: "stat" | "state-timeline" | "table" | "timeseries";
    /** In columns, of 24. */
    readonly width: number;
    readonly height: number;
    readonly queries: readonly Query[];
    readonly description?: string;
    readonly unit?: string;
    readonly options?: object;
    readonly defaults?: object;
    readonly transformations?: readonly object[];
}

/** The Prometheus data source that the user selects in the dashboard. */
export const datasource = { type: "prometheus", uid: "${datasource}" };

const green = { color: "green", value: null };

/** A count that should be zero. */
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

/** When a target was up (1) and down (0), one line for each series. */
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

/** Current values, one row for each series; the named labels are the columns. */
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

/** Panels with IDs and positions: from left to right, then the next row. */
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
