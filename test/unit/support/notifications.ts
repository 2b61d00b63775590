/** Settings of every service for notifications. Each secret has the word hunter2 in it. */
export const everyService = {
    slack: {
        token: "xoxb-hunter2",
        channels: { releases: {}, outages: { severities: ["critical"], events: ["degraded", "syncFailed"] } },
    },
    email: {
        host: "smtp.example.com",
        from: "argocd@example.com",
        username: "argocd",
        password: "hunter2",
        to: { "platform@example.com": { events: ["degraded"], severities: ["warning", "info"] } },
    },
    pagerduty: { services: { agent: { key: "hunter2-key" } } },
    webhooks: {
        log: { url: "https://log.example.com/hooks/hunter2" },
        releases: { url: "http://releases.example.com/hunter2", token: "hunter2-token", events: ["deployed"] },
    },
};
