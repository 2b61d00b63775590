import type { Step } from "./timeline";

const width = 960;
const rowHeight = 26;
const top = 64;
const left = 24;
const right = 24;
const axisHeight = 34;

/** Room for a mark, and for a character of the text right of it: more than most need. */
const markWidth = 11;
const characterWidth = 7.2;

/** A drill's timeline as a picture (SVG 1.1): time runs to the right, and each step has its own line. */
export function picture(title: string, steps: readonly Step[]): string {
    const end = Math.max(1, ...steps.map(({ seconds }) => seconds));
    const room = (step: Step) => width - left - right - markWidth - labelOf(step).length * characterWidth;
    const scale = Math.min(...steps.map((step) => room(step) / Math.max(step.seconds, 1)));
    const x = (seconds: number) => left + Math.max(seconds, 0) * scale;
    const height = top + steps.length * rowHeight + axisHeight;
    const bottom = height - axisHeight;
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
        `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
        `<text x="${left}" y="26" font-size="17" font-weight="bold" fill="#1a1a1a">${escape(title)}</text>`,
        `<text x="${left}" y="46" fill="#666666">seconds after the outage began; a bar is the least that the settings allow</text>`,
        ...ticks(end).flatMap((tick) => [
            `<line x1="${round(x(tick))}" y1="${top}" x2="${round(x(tick))}" y2="${bottom}" stroke="#e4e4e4"/>`,
            `<text x="${round(x(tick))}" y="${bottom + 18}" text-anchor="middle" fill="#666666">${tick}</text>`,
        ]),
        ...steps.flatMap((step, index) => row(step, top + index * rowHeight + rowHeight / 2, x)),
        "</svg>",
        "",
    ].join("\n");
}

function labelOf({ what, seconds }: Step): string {
    return `${seconds.toFixed(1)}  ${what}`;
}

function row(step: Step, y: number, x: (seconds: number) => number): string[] {
    const { seconds, least } = step;
    const [from, to] = [round(x(0)), round(x(seconds))];
    const color = least === undefined ? "#4c78a8" : "#c44e52";
    return [
        `<line x1="${from}" y1="${y}" x2="${to}" y2="${y}" stroke="${color}" stroke-opacity="0.35" stroke-width="2"/>`,
        ...(least === undefined
            ? []
            : [`<rect x="${from}" y="${y - 4}" width="${round(x(least.seconds) - x(0))}" height="8" fill="${color}" fill-opacity="0.45"/>`]),
        `<circle cx="${to}" cy="${y}" r="5" fill="${color}"/>`,
        `<text x="${to + markWidth}" y="${y + 4.5}" fill="#1a1a1a">${escape(labelOf(step))}</text>`,
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
