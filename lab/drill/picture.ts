import type { Step } from "./timeline";

const width = 960;
const rowHeight = 26;
const top = 64;
const left = 24;
const right = 24;
const axisHeight = 34;

/** Room for the longest text right of its mark. */
const textWidth = 430;

/** A drill's timeline as a picture (SVG 1.1): time runs to the right, and each step has a line of its own. */
export function picture(title: string, steps: readonly Step[]): string {
    const end = Math.max(1, ...steps.map(({ seconds }) => seconds));
    const x = (seconds: number) => left + (Math.max(seconds, 0) / end) * (width - left - right - textWidth);
    const height = top + steps.length * rowHeight + axisHeight;
    const bottom = height - axisHeight;
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
        `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
        `<text x="${left}" y="26" font-size="17" font-weight="bold" fill="#1a1a1a">${escape(title)}</text>`,
        `<text x="${left}" y="46" fill="#666666">seconds after the outage began; a bar ends where the settings allow the step at the least</text>`,
        ...ticks(end).flatMap((tick) => [
            `<line x1="${round(x(tick))}" y1="${top}" x2="${round(x(tick))}" y2="${bottom}" stroke="#e4e4e4"/>`,
            `<text x="${round(x(tick))}" y="${bottom + 18}" text-anchor="middle" fill="#666666">${tick}</text>`,
        ]),
        ...steps.flatMap((step, index) => row(step, top + index * rowHeight + rowHeight / 2, x)),
        "</svg>",
        "",
    ].join("\n");
}

function row({ what, seconds, least }: Step, y: number, x: (seconds: number) => number): string[] {
    const [from, to] = [round(x(0)), round(x(seconds))];
    const color = least === undefined ? "#4c78a8" : "#c44e52";
    return [
        `<line x1="${from}" y1="${y}" x2="${to}" y2="${y}" stroke="${color}" stroke-opacity="0.35" stroke-width="2"/>`,
        ...(least === undefined
            ? []
            : [`<rect x="${from}" y="${y - 4}" width="${round(x(least.seconds) - x(0))}" height="8" fill="${color}" fill-opacity="0.45"/>`]),
        `<circle cx="${to}" cy="${y}" r="5" fill="${color}"/>`,
        `<text x="${to + 11}" y="${y + 4.5}" fill="#1a1a1a">${escape(`${seconds.toFixed(1)}  ${what}`)}</text>`,
    ];
}

/** Round numbers along the axis, at most eight. */
function ticks(end: number): number[] {
    const distance = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((step) => end / step <= 8) ?? 1800;
    return Array.from({ length: Math.floor(end / distance) + 1 }, (_, index) => index * distance);
}

function round(value: number): number {
    return Math.round(value * 10) / 10;
}

function escape(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
