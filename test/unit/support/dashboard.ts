/** What these tests read of a dashboard. */
export interface Dashboard {
    readonly uid: string;
    readonly templating: { readonly list: readonly { readonly name: string }[] };
    readonly panels: readonly {
        readonly id: number;
        readonly title: string;
        readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
        readonly targets: readonly { readonly refId: string; readonly expr: string }[];
    }[];
}

/** All PromQL of a dashboard. */
export function expressionsOf(dashboard: object): string[] {
    return (dashboard as Dashboard).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

/** PromQL as Grafana sends it, with a choice in the place of each of its variables. */
export function plainly(expression: string): string {
    return expression.replaceAll("$environment", ".*").replaceAll("$__rate_interval", "1m");
}

/** Names of the metrics in PromQL: words that are no function, operator, label or text. */
export function metricsIn(expression: string): string[] {
    const bare = plainly(expression)
        .replace(/"(\\.|[^"])*"/g, '""')
        .replace(/\{[^}]*\}|\[[^\]]*\]/g, " ")
        .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ");
    const words = bare.match(/[A-Za-z_:][\w:]*(?!\w)(?!\s*\()/g) ?? [];
    return [...new Set(words.filter((word) => !["and", "or", "unless", "bool"].includes(word)))].sort();
}
