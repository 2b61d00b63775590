import httpx
import pytest
from conftest import Serve
from test_app import FACTS

from agent import check
from agent.settings import Settings


def test_is_content_with_the_agent_of_its_cluster(serve: Serve):
    assert check.problem(serve(**FACTS), Settings()) is None


def test_names_an_agent_of_another_cluster(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    client = serve(**FACTS)
    monkeypatch.setenv("CLUSTER_NAME", "dr")
    found = check.problem(client, Settings())
    assert found is not None
    assert "'name': 'prod'" in found
    assert "'name': 'dr'" in found


def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def unready(request: httpx.Request) -> httpx.Response:
    return httpx.Response(503 if request.url.path == "/readyz" else 204, text="the database does not answer")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refused, "/healthz does not answer: ConnectError"),
        (unready, "/readyz answers 503: the database does not answer"),
        (lambda _: httpx.Response(200, text="<html>"), "/ does not say the facts of its cluster"),
        (lambda _: httpx.Response(200, json=[]), "/ does not say the facts of its cluster"),
    ],
)
def test_says_what_is_wrong(answer, words: str):
    with httpx.Client(base_url="http://agent", transport=httpx.MockTransport(answer)) as client:
        assert check.problem(client, Settings()) == words


def test_fails_at_the_limit_with_the_reason(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(check, "LIMIT_SECONDS", 0)
    monkeypatch.setattr(check, "PAUSE_SECONDS", 0)
    monkeypatch.setenv("SERVICE_HOST", "127.0.0.1:1")
    assert check.main() == 1
    assert capsys.readouterr().err == "http://127.0.0.1:1: /healthz does not answer: ConnectError\n"
