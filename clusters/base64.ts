/** Text in base64, as Kubernetes has the values of a Secret. */
export function toBase64(text: string): string {
    return Buffer.from(text, "utf8").toString("base64");
}

/** The text that is in base64; empty where there is none. */
export function fromBase64(encoded: string | undefined): string {
    return Buffer.from(encoded ?? "", "base64").toString("utf8");
}
