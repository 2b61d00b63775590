import signal
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from service import answers, running


class SlowModel(HTTPServer):
    """A model that answers when it may."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.may_answer = threading.Event(), threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: SlowModel

    def do_POST(self):
        self.server.asked.set()
        self.server.may_answer.wait(60)
        body = b'{"choices": [{"message": {"content": "late"}}]}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def model() -> Iterator[SlowModel]:
    server = SlowModel()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.may_answer.set()
    server.shutdown()
    server.server_close()


def test_ends_the_requests_that_are_under_way_and_takes_no_others(model: SlowModel):
    url = f"http://127.0.0.1:{model.server_port}/v1/chat/completions"
    with running(MODEL_URL=url) as service:
        received: list[httpx.Response] = []
        ask = threading.Thread(
            target=lambda: received.append(httpx.post(f"{service.url}/ask", json={"question": "when?"}, timeout=60))
        )
        ask.start()
        assert model.asked.wait(30)
        service.end()
        limit = time.monotonic() + 30
        while answers(service):
            assert time.monotonic() < limit, "the service takes new requests although it ends"
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{service.url}/readyz")
        assert service.process.poll() is None
        model.may_answer.set()
        ask.join(30)
        assert [answer.json() for answer in received] == [{"answer": "late"}]
        assert service.process.wait(30) in (0, -signal.SIGTERM)


def test_ends_after_its_grace_although_a_request_is_under_way(model: SlowModel):
    url = f"http://127.0.0.1:{model.server_port}/v1/chat/completions"
    with running(MODEL_URL=url, GRACE_SECONDS="1") as service:
        results: list[object] = []

        def ask() -> None:
            try:
                results.append(httpx.post(f"{service.url}/ask", json={"question": "when?"}, timeout=60).status_code)
            except httpx.TransportError as error:
                results.append(type(error))

        thread = threading.Thread(target=ask)
        thread.start()
        assert model.asked.wait(30)
        service.end()
        assert service.process.wait(30) in (0, -signal.SIGTERM)
        thread.join(30)
        assert results
        assert results != [200]
