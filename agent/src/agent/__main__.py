"""`python -m agent`: serves until SIGTERM, and then ends the requests that are under way."""

import uvicorn

from agent.settings import Settings


def main() -> None:
    """Serve the app with the settings of the environment."""
    settings = Settings()
    uvicorn.run(
        "agent.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        timeout_graceful_shutdown=settings.grace_seconds,
        # Longer than ingress controllers keep idle connections (nginx: 60 s), or they send requests into closed ones.
        timeout_keep_alive=75,
        server_header=False,
    )


if __name__ == "__main__":
    main()
