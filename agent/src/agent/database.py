"""The optional database: where DATABASE_URL is set, each question is counted there."""

import sqlalchemy as sa

from agent.settings import Settings

metadata = sa.MetaData()

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("cluster", sa.String(253), nullable=False),
)


def engine_of(settings: Settings) -> sa.Engine | None:
    """Return an engine with the password of the Secret; None without a database."""
    if settings.database_url is None:
        return None
    url = sa.make_url(settings.database_url)
    if settings.database_password is not None:
        url = url.set(password=settings.database_password.get_secret_value())
    if url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
        # A database that is lost may not refuse connections: without a limit each probe waits for minutes.
        url = url.update_query_dict({"connect_timeout": "2"})
    return sa.create_engine(url, pool_pre_ping=True)


def note_question(engine: sa.Engine, cluster: str) -> None:
    """Record that a question was asked; its text is not kept."""
    with engine.begin() as connection:
        connection.execute(questions.insert().values(cluster=cluster))


def answers(engine: sa.Engine) -> bool:
    """Whether the database answers and has the table."""
    try:
        with engine.connect() as connection:
            connection.execute(sa.select(questions.c.id).limit(1))
    except sa.exc.SQLAlchemyError:
        return False
    return True
