/** Does some work at the first call, and gives its result to every call. */
export function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
    let result: Promise<Result> | undefined;
    return () => (result ??= work());
}
