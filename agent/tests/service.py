"""The service in a process of its own, as the image runs it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """A running service."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process = process
        self.url = url

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)


@contextmanager
def running(**variables: str) -> Iterator[Service]:
    """Run the service with these variables, and kill it at the end."""
    port = free_port()
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), **variables}
    process = subprocess.Popen([sys.executable, "-m", "agent"], env=environment, stderr=subprocess.DEVNULL)
    service = Service(process, f"http://127.0.0.1:{port}")
    try:
        limit = time.monotonic() + 120
        while not answers(service):
            assert process.poll() is None, "the service ended"
            assert time.monotonic() < limit, "the service does not answer"
            time.sleep(0.1)
        yield service
    finally:
        process.kill()
        process.wait()


def answers(service: Service) -> bool:
    """Whether the service takes a new connection and answers that it is healthy."""
    try:
        return httpx.get(f"{service.url}/healthz").is_success
    except httpx.TransportError:
        return False
