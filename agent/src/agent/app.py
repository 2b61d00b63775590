"""The service's HTTP interface."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Annotated

import httpx
from fastapi import Body, FastAPI, HTTPException, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CollectorRegistry, Gauge
from prometheus_fastapi_instrumentator import Instrumentator
from pydantic import BaseModel

from agent import database
from agent.model import Model, ModelError
from agent.settings import Cluster, Settings

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

    app = FastAPI(title="agent", version=version("agent"), lifespan=lifespan)
    _expose_metrics(app, given)

    @app.get("/")
    def facts() -> Facts:
        """Say which cluster answers."""
        return Facts(version=app.version, cluster=cluster)

    @app.api_route("/healthz", methods=["GET", "HEAD"])
    def healthz() -> Response:
        """Say that the process works: a restart would not repair anything else."""
        return Response(status_code=204)

    @app.api_route("/readyz", methods=["GET", "HEAD"])
    def readyz() -> Response:
        """Say whether requests can be served: the database must answer, and have been migrated."""
        if engine is not None and not database.answers(engine):
            raise HTTPException(503, "the database does not answer, or is not migrated")
        return Response(status_code=204)

    @app.post("/ask")
    async def ask(question: Question) -> Answer:
        """Ask the model that MODEL_URL names."""
        model: Model = app.state.model
        try:
            answer = await model.ask(question, cluster)
        except ModelError as error:
            raise HTTPException(error.status, str(error)) from None
        if engine is not None:
            await run_in_threadpool(database.note_question, engine, cluster.name)
        return Answer(answer=answer)

    return app


def _expose_metrics(app: FastAPI, settings: Settings) -> None:
    """Serve /metrics; with a registry of its own, several services can be in one process."""
    registry = CollectorRegistry()
    labels = ["version", "cluster", "environment"]
    info = Gauge("agent_info", "Always 1; the version and the cluster.", labels, registry=registry)
    info.labels(app.version, settings.cluster_name, settings.cluster_environment).set(1)
    probes = ["/healthz", "/readyz", "/metrics"]
    Instrumentator(excluded_handlers=probes, registry=registry).instrument(app).expose(app, include_in_schema=False)
