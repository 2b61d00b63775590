import { send } from "../../clusters/https";
import { agentThrough, proxyFromEnvironment } from "../../clusters/proxy";

/** How long a host is waited for before the tools are built instead. */
const limitMs = 4_000;

/** Where the tools' projects publish them. */
export const releaseHosts = ["https://github.com/", "https://dl.k8s.io/", "https://get.helm.sh/"];

/**
 * Asks all hosts at once, through the proxy that the environment names.
 *
 * @returns undefined once one of them answers; otherwise why the first does not, after four seconds at most
 */
export async function whyNoneAnswers(hosts = releaseHosts): Promise<string | undefined> {
    const reasons = hosts.map((host) => whySilent(new URL(host)));
    const answers = reasons.map(async (reason) => {
        if ((await reason) !== undefined) {
            throw new Error();
        }
    });
    return Promise.any(answers).then(
        () => undefined,
        () => reasons[0],
    );
}

async function whySilent(url: URL): Promise<string | undefined> {
    try {
        const proxy = proxyFromEnvironment(url);
        const agent = proxy === undefined ? undefined : await agentThrough(proxy, {});
        await send(url, { method: "HEAD", agent }, limitMs);
        return undefined;
    } catch (error) {
        return `${url.host}: ${(error as Error).message}`;
    }
}
