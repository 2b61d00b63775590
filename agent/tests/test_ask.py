import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from conftest import Serve

KEY = "a-key-that-nobody-may-see"
MODEL = {"MODEL_URL": "https://models.example.com/v1/chat/completions", "MODEL_NAME": "small", "MODEL_API_KEY": KEY}
ASKED = {"question": "Which cluster is this?"}


def completion(content: object) -> httpx.Response:
    return httpx.Response(200, json={"choices": [{"message": {"content": content}}]})


def test_says_so_when_there_is_no_model(serve: Serve):
    response = serve().post("/ask", json=ASKED)
    assert response.status_code == 503
    assert response.json() == {"detail": "there is no model: set config.MODEL_URL in the chart's values"}


def test_asks_the_model_with_the_key_and_the_facts(serve: Serve):
    seen: list[httpx.Request] = []

    def model(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return completion("This is prod.")

    response = serve(model, **MODEL, CLUSTER_NAME="prod").post("/ask", json=ASKED)
    assert (response.status_code, response.json()) == (200, {"answer": "This is prod."})
    [request] = seen
    assert str(request.url) == MODEL["MODEL_URL"]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    body = json.loads(request.content)
    assert body["model"] == "small"
    assert "prod" in body["messages"][0]["content"]
    assert body["messages"][1] == {"role": "user", "content": ASKED["question"]}


def unreachable(request: httpx.Request) -> httpx.Response:
    message = f"cannot connect with {KEY}"
    raise httpx.ConnectError(message, request=request)


def slow(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


@pytest.mark.parametrize(
    ("model", "status", "detail"),
    [
        (unreachable, 502, "the model cannot be reached: ConnectError"),
        (slow, 504, "the model did not answer in 30 s"),
        (lambda _: httpx.Response(401, text=KEY), 502, "the model answers 401"),
        (
            lambda _: httpx.Response(200, text=KEY),
            502,
            "the model answers with something that is not a chat completion",
        ),
        (lambda _: completion([]), 502, "the model answers with something that is not a chat completion"),
        (lambda _: httpx.Response(200, json=[]), 502, "the model answers with something that is not a chat completion"),
    ],
)
def test_says_what_is_wrong_with_the_model_and_no_secret(serve: Serve, model, status: int, detail: str):
    response = serve(model, **MODEL).post("/ask", json=ASKED)
    assert (response.status_code, response.json()) == (status, {"detail": detail})


class Drops(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(500):
            yield b" "
            await asyncio.sleep(0.01)


def test_gives_up_on_an_answer_that_comes_in_drops(serve: Serve):
    client = serve(lambda _: httpx.Response(200, stream=Drops()), **MODEL, MODEL_TIMEOUT_SECONDS="0.2")
    response = client.post("/ask", json=ASKED)
    assert (response.status_code, response.json()) == (504, {"detail": "the model did not answer in 0.2 s"})


@pytest.mark.parametrize("body", [{}, {"question": ""}, {"question": "x" * 10_001}, {"question": 1}])
def test_refuses_what_is_not_a_question(serve: Serve, body: dict[str, object]):
    assert serve().post("/ask", json=body).status_code == 422
