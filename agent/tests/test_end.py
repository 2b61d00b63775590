import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_ends_the_requests_that_are_under_way_after_sigterm():
    asked, may_answer = threading.Event(), threading.Event()

    class SlowModel(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.set()
            may_answer.wait(30)
            body = b'{"choices": [{"message": {"content": "late"}}]}'
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    model = HTTPServer(("127.0.0.1", 0), SlowModel)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    port = free_port()
    variables = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "MODEL_URL": f"http://127.0.0.1:{model.server_port}/v1/chat/completions",
    }
    service = subprocess.Popen([sys.executable, "-m", "agent"], env={**os.environ, **variables}, stderr=subprocess.PIPE)
    try:
        url = f"http://127.0.0.1:{port}"
        limit = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{url}/healthz")
                break
            except httpx.ConnectError:
                assert time.monotonic() < limit, "the service does not answer"
                time.sleep(0.1)
        answers: list[httpx.Response] = []
        ask = threading.Thread(
            target=lambda: answers.append(httpx.post(f"{url}/ask", json={"question": "when?"}, timeout=60))
        )
        ask.start()
        assert asked.wait(30)
        service.send_signal(signal.SIGTERM)
        may_answer.set()
        ask.join(30)
        assert [answer.json() for answer in answers] == [{"answer": "late"}]
        assert service.wait(30) in (0, -signal.SIGTERM)
    finally:
        service.kill()
        model.shutdown()
        model.server_close()
        assert service.stderr is not None
        service.stderr.close()
