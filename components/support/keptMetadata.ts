/** Labels and annotations of an object that existed before the stack. */
export interface KeptMetadata {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
}
