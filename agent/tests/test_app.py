import pytest
from conftest import Serve
from pydantic import ValidationError

from agent.settings import Settings

FACTS = {
    "CLUSTER_NAME": "prod",
    "CLUSTER_ENVIRONMENT": "prod",
    "CLUSTER_REGION": "eu-west-1",
    "CLUSTER_DOMAIN": "prod.example.com",
    "PUBLIC_HOST": "agent.prod.example.com",
    "SERVICE_HOST": "agent.agent.svc.cluster.local",
    "USERS_HOST": "agent.example.com",
}


def test_says_which_cluster_answers(serve: Serve):
    response = serve(**FACTS).get("/")
    assert response.status_code == 200
    assert response.json()["cluster"] == {
        "name": "prod",
        "environment": "prod",
        "region": "eu-west-1",
        "domain": "prod.example.com",
        "public_host": "agent.prod.example.com",
        "service_host": "agent.agent.svc.cluster.local",
        "users_host": "agent.example.com",
    }


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_answers_probes_and_curl_head(serve: Serve, path: str, method: str):
    assert serve().request(method, path).status_code == 200


def test_has_metrics_with_the_cluster_and_without_probes(serve: Serve):
    client = serve(**FACTS)
    client.get("/healthz")
    client.get("/")
    text = client.get("/metrics").text
    assert 'agent_info{cluster="prod",environment="prod",version="1.0.0"} 1.0' in text
    assert 'http_requests_total{handler="/",method="GET",status="2xx"} 1.0' in text
    assert "/healthz" not in text


def test_makes_no_metrics_from_what_a_client_invents(serve: Serve):
    client = serve()
    before = len(client.get("/metrics").text.splitlines())
    for path in ("/a", "/b", "/c?d=e", "/healthz/f"):
        assert client.get(path).status_code == 404
    first = len(client.get("/metrics").text.splitlines())
    for index in range(20):
        assert client.get(f"/{index}").status_code == 404
        assert client.request(f"METHOD{index}", "/").status_code == 501
    assert first > before
    assert len(client.get("/metrics").text.splitlines()) == first


def test_starts_twice_in_one_process(serve: Serve):
    assert serve().get("/").status_code == serve().get("/").status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("LOG_LEVEL", "loud"),
        ("MODEL_URL", "not a URL"),
        ("GRACE_SECONDS", "-1"),
        ("DATABASE_URL", "not a URL"),
        ("DATABASE_URL", "unknown://agent@database/agent"),
        ("DATABASE_URL", "mysql://agent@database/agent"),
    ],
)
def test_refuses_a_wrong_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_takes_an_empty_variable_as_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MODEL_URL", "")
    monkeypatch.setenv("PORT", "")
    assert (Settings().model_url, Settings().port) == (None, 8000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODEL_URL", "ftp://user:a-password@models.example.com"),
        ("DATABASE_URL", "mysql://agent:a-password@database/agent"),
        ("DATABASE_URL", "a-password"),
    ],
)
def test_shows_no_value_of_a_wrong_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert "a-password" not in str(refusal.value)
