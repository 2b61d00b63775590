"""What the pod's environment says: the chart's ConfigMap, and the Secret of the environment's store."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import BaseModel, Field, HttpUrl, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Cluster(BaseModel):
    """The facts of the cluster that the service runs on, as its registration on the hub has them."""

    name: str
    environment: str
    region: str
    domain: str
    public_host: str
    service_host: str
    users_host: str | None


class Settings(BaseSettings):
    """Variables of the environment, in upper case. An empty one counts as missing."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    cluster_name: str = "local"
    cluster_environment: str = "local"
    cluster_region: str = "local"
    cluster_domain: str = "local.example.com"
    public_host: str = "localhost"
    service_host: str = "localhost"
    users_host: str | None = None

    log_level: Annotated[str, Field(pattern="(?i)^(critical|error|warning|info|debug)$")] = "info"
    host: str = "0.0.0.0"  # noqa: S104 a pod's address is not known before
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    # Seconds for requests that are under way at the end, from the chart's shutdown.
    grace_seconds: Annotated[int, Field(ge=0)] = 45

    # An endpoint for chat completions, such as https://models.example.com/v1/chat/completions.
    model_url: HttpUrl | None = None
    model_name: str = "default"
    model_api_key: SecretStr | None = None
    model_timeout_seconds: Annotated[float, Field(gt=0)] = 30

    # A SQLAlchemy URL without a password, such as postgresql+psycopg://agent@database:5432/agent.
    database_url: str | None = None
    database_password: SecretStr | None = None

    @field_validator("database_url")
    @classmethod
    def _has_driver(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                sa.make_url(value).get_dialect().import_dbapi()
            except (sa.exc.ArgumentError, ImportError):
                message = "is not a URL of a database with an installed driver: write postgresql+psycopg://USER@HOST:5432/NAME"
                raise ValueError(message) from None
        return value

    def cluster(self) -> Cluster:
        """Return the cluster's facts."""
        return Cluster(
            name=self.cluster_name,
            environment=self.cluster_environment,
            region=self.cluster_region,
            domain=self.cluster_domain,
            public_host=self.public_host,
            service_host=self.service_host,
            users_host=self.users_host,
        )
