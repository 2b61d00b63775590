/** API path of a Secret. */
export function secretPath(namespace: string, secret: string): string {
    return `api/v1/namespaces/${namespace}/secrets/${secret}`;
}
