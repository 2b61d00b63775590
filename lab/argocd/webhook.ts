import { createHmac } from "node:crypto";
import { readSecret } from "./hub";
import type { Revision } from "./gitRepository";
import { findArgoCd } from "./start";

const answerLimitMs = 10_000;

/**
 * Announces a push to Argo CD, like GitHub's webhook (docs.github.com, "push" event): the Applications of
 * that repository whose files changed are refreshed immediately. Signed when the hub's argocd-secret holds
 * `webhook.github.secret`.
 */
export async function announcePush(repositoryUrl: string, { commit, parent, changed }: Revision): Promise<void> {
    const serverUrl = findArgoCd()?.serverUrl;
    if (!serverUrl) {
        throw new Error("cannot announce a push to Argo CD: argocd-server does not run (npm run lab starts it)");
    }
    const body = JSON.stringify({
        ref: "refs/heads/main",
        before: parent ?? "0".repeat(40),
        after: commit,
        repository: { html_url: repositoryUrl.replace(/\.git$/, ""), clone_url: repositoryUrl, default_branch: "main" },
        commits: [{ id: commit, added: [], modified: changed, removed: [] }],
    });
    const secret = (await readSecret("argocd-secret"))?.["webhook.github.secret"];
    const signature = secret && `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    const response = await fetch(`${serverUrl}/api/webhook`, {
        method: "POST",
        headers: {
            "content-type": "application/json",
            "x-github-event": "push",
            ...(signature && { "x-hub-signature-256": signature }),
        },
        body,
        signal: AbortSignal.timeout(answerLimitMs),
    });
    if (!response.ok) {
        throw new Error(`Argo CD's webhook answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    }
}
