"""The service's HTTP interface."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
import sqlalchemy as sa
from fastapi import Body, FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Gauge
from prometheus_fastapi_instrumentator import Instrumentator
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from agent import __version__, database
from agent.model import Model, ModelError
from agent.settings import Cluster, Settings

log = logging.getLogger("uvicorn.error")

Question = Annotated[str, Body(embed=True, min_length=1, max_length=10_000)]


class Facts(BaseModel):
    """What the service says of itself."""

    version: str
    cluster: Cluster


class Answer(BaseModel):
    """The model's answer."""

    answer: str


def create_app(settings: Settings | None = None, transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """Return the service; a transport replaces the network in tests."""
    given = settings or Settings()
    engine = database.engine_of(given)
    cluster = given.cluster()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(transport=transport) as client:
            app.state.model = Model(given, client)
            yield
        if engine is not None:
            engine.dispose()

    app = FastAPI(title="agent", version=__version__, lifespan=lifespan)
    _expose_metrics(app, given)
    app.add_middleware(KnownMethods)

    @app.get("/")
    async def facts() -> Facts:
        """Say which cluster answers."""
        return Facts(version=app.version, cluster=cluster)

    @app.api_route("/healthz", methods=["GET", "HEAD"])
    async def healthz() -> PlainTextResponse:
        """Say that the process works: a restart would not repair anything else.

        No thread of the pool is needed: those can all wait for the database.
        """
        return PlainTextResponse("ok")

    @app.api_route("/readyz", methods=["GET", "HEAD"])
    def readyz() -> PlainTextResponse:
        """Say whether requests can be served: the database must answer, and have been migrated."""
        if engine is not None and not database.answers(engine):
            raise HTTPException(503, "the database does not answer, or is not migrated")
        return PlainTextResponse("ok")

    @app.post("/ask")
    async def ask(question: Question) -> Answer:
        """Ask the model that MODEL_URL names."""
        model: Model = app.state.model
        try:
            answer = await model.ask(question, cluster)
        except ModelError as error:
            raise HTTPException(error.status, str(error)) from None
        if engine is not None:
            await run_in_threadpool(_note_question, engine, cluster.name)
        return Answer(answer=answer)

    return app


class KnownMethods:
    """Answers 501 to methods that HTTP does not define: each would otherwise become a metric of its own."""

    _known = frozenset(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"])

    def __init__(self, app: ASGIApp) -> None:
        """Keep the service, and its metrics, for the other requests."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_known = scope["type"] != "http" or scope["method"] in self._known
        app = self._app if is_known else PlainTextResponse("Not Implemented", status_code=501)
        await app(scope, receive, send)


def _note_question(engine: sa.Engine, cluster: str) -> None:
    """Count a question; the caller has its answer also where that fails."""
    try:
        database.note_question(engine, cluster)
    except sa.exc.SQLAlchemyError as error:
        log.warning("a question was not counted: %s", type(error).__name__)


def _expose_metrics(app: FastAPI, settings: Settings) -> None:
    """Serve /metrics; with a registry of its own, several services can be in one process."""
    registry = CollectorRegistry()
    labels = ["version", "cluster", "environment"]
    info = Gauge("agent_info", "Always 1; the version and the cluster.", labels, registry=registry)
    info.labels(app.version, settings.cluster_name, settings.cluster_environment).set(1)
    probes = ["/healthz", "/readyz", "/metrics"]
    Instrumentator(excluded_handlers=probes, registry=registry).instrument(app).expose(app, include_in_schema=False)
