from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from fastapi.testclient import TestClient

from agent.app import create_app
from agent.settings import Settings

Serve = Callable[..., TestClient]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serves the app with variables in its environment, and a function in place of the model."""
    with ExitStack() as stack:

        def start(model: Callable[[httpx.Request], httpx.Response] | None = None, **variables: str) -> TestClient:
            for name, value in variables.items():
                monkeypatch.setenv(name, value)
            transport = None if model is None else httpx.MockTransport(model)
            return stack.enter_context(TestClient(create_app(Settings(), transport)))

        yield start
