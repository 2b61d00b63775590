"""`python -m agent.check`: asks the running agent, from a pod with the agent's environment (`helm test`)."""

import sys
import time

import httpx

from agent.settings import Settings

LIMIT_SECONDS = 60
PAUSE_SECONDS = 2


def problem(client: httpx.Client, settings: Settings) -> str | None:
    """Return what is wrong with the agent's answers; None if they are right."""
    for path in ("/healthz", "/readyz", "/"):
        try:
            response = client.get(path)
        except httpx.HTTPError as error:
            return f"{path} does not answer: {type(error).__name__}"
        if not response.is_success:
            return f"{path} answers {response.status_code}: {response.text[:200]}"
    try:
        cluster = response.json()["cluster"]
    except (ValueError, LookupError, TypeError):
        return "/ does not say the facts of its cluster"
    expected = settings.cluster().model_dump()
    return None if cluster == expected else f"/ says {cluster}, and this pod's environment says {expected}"


def main() -> int:
    """Ask until the answers are right, at most a minute: a network policy takes effect some time after its creation."""
    settings = Settings()
    url = f"http://{settings.service_host}"
    deadline = time.monotonic() + LIMIT_SECONDS
    with httpx.Client(base_url=url, timeout=5) as client:
        while found := problem(client, settings):
            if time.monotonic() > deadline:
                print(f"{url}: {found}", file=sys.stderr)
                return 1
            time.sleep(PAUSE_SECONDS)
    print(f"{url}: the agent serves {settings.cluster_name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
