import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import sqlalchemy as sa
from conftest import Serve
from service import running
from test_ask import ASKED, MODEL, completion

from agent.database import engine_of
from agent.settings import Settings

FOLDER = Path(__file__).parent.parent


def migrate(**variables: str) -> subprocess.CompletedProcess[str]:
    """Runs what the chart's migration runs."""
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, check=False)


def test_is_ready_after_the_migration_and_counts_questions(serve: Serve, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/agent.db"
    client = serve(lambda _: completion("yes"), **MODEL, DATABASE_URL=url, CLUSTER_NAME="prod")
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"detail": "the database does not answer, or is not migrated"}

    for _ in range(2):
        done = migrate(DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
    assert client.get("/readyz").status_code == 200
    assert client.post("/ask", json=ASKED).status_code == 200
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("select cluster from questions")).scalars().all() == ["prod"]
    engine.dispose()


def test_is_not_ready_without_its_database(serve: Serve):
    url = "postgresql+psycopg://agent@127.0.0.1:1/agent?connect_timeout=2"
    assert serve(DATABASE_URL=url).get("/readyz").status_code == 503


def test_answers_although_the_question_cannot_be_counted(serve: Serve, tmp_path: Path, caplog):
    client = serve(lambda _: completion("yes"), **MODEL, DATABASE_URL=f"sqlite:///{tmp_path}/agent.db")
    assert client.post("/ask", json=ASKED).json() == {"answer": "yes"}
    assert caplog.messages == ["a question was not counted: OperationalError"]


def test_lives_while_all_threads_wait_for_a_database_that_is_silent():
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        url = f"postgresql+psycopg://agent@127.0.0.1:{silent.getsockname()[1]}/agent?connect_timeout=100"
        with ThreadPoolExecutor(50) as pool, running(DATABASE_URL=url) as service:
            asked = [pool.submit(httpx.get, f"{service.url}/readyz", timeout=100) for _ in range(50)]
            # The pool of the database: 5 connections, and 10 in addition.
            connections = [silent.accept() for _ in range(15)]
            assert httpx.get(f"{service.url}/healthz", timeout=20).status_code == 200
            assert not any(one.done() for one in asked)
            service.process.kill()
            for connection, _ in connections:
                connection.close()


def test_gives_up_on_a_silent_database_by_default(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://agent@database:5432/agent")
    engine = engine_of(Settings())
    assert engine is not None
    assert engine.url.query == {"connect_timeout": "2"}


def test_says_that_there_is_nothing_to_migrate():
    done = migrate(DATABASE_URL="")
    assert done.returncode == 1
    assert "DATABASE_URL is not set" in done.stderr


def test_takes_the_password_from_the_secret(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://agent@database:5432/agent")
    monkeypatch.setenv("DATABASE_PASSWORD", "a:b@c/d")
    engine = engine_of(Settings())
    assert engine is not None
    assert engine.url.password == "a:b@c/d"
    assert "a:b@c/d" not in repr(engine.url)
