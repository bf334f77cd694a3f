"""Sections of services' settings. Each `settings.py` joins them; nothing else reads the environment.

`UPLOAD_POSTGRES__DSN` is field `dsn` of section `postgres` under the prefix `UPLOAD_`.
"""

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import SettingsConfigDict


def service_config(prefix: str) -> SettingsConfigDict:
    """The same reading of the environment for each service."""
    return SettingsConfigDict(env_prefix=prefix, env_nested_delimiter="__", extra="ignore", frozen=True)


class PostgresSettings(BaseModel):
    """A database of one service."""

    dsn: SecretStr
    """postgresql+asyncpg://role:password@host:port/database, the service's own role."""
    pool_size: int = 10
    """Connections kept and used at most."""
    timeout_s: float = 5.0
    """For connecting, for a free connection and for each statement."""


class OwnerPostgresSettings(BaseModel):
    """The same database for migrations."""

    owner_dsn: SecretStr
    """postgresql+asyncpg://…, the role that owns the schema."""


class RedisSettings(BaseModel):
    """A cache that may be lost."""

    url: SecretStr
    """redis://user:password@host:port/0"""
    timeout_s: float = 0.5
    """For connecting and for each command."""


class BrokerSettings(BaseModel):
    """RabbitMQ."""

    url: SecretStr
    """amqp://user:password@host:port/vhost"""
    timeout_s: float = 10.0
    """For connecting, and for a publisher confirm: after it the outcome is unknown and the message is sent again."""
    heartbeat_s: int = 10
    """A half-open connection is noticed after two of these."""


class StoreSettings(BaseModel):
    """An S3 object store."""

    endpoint: str
    """host:port"""
    secure: bool = False
    """HTTPS."""
    access_key: SecretStr
    """Access key id."""
    secret_key: SecretStr
    """Secret access key."""
    bucket: str = "fiapx"
    """The one bucket; services write below prefixes of their own."""
    region: str = "us-east-1"
    """Given, so that signing asks no server for it."""
    timeout_s: float = 30.0
    """For one request without progress."""
    connections: int = 16
    """At once, from one process."""


class GrpcSettings(BaseModel):
    """The gRPC server of a service."""

    listen: str = "127.0.0.1:0"
    """host:port; port 0 takes a free one."""
    drain_s: float = 20.0
    """How long calls under way may go on after SIGTERM."""


class OpsSettings(BaseModel):
    """The port of probes and metrics."""

    listen: str = "127.0.0.1:0"
    """host:port; port 0 takes a free one."""


class TelemetrySettings(BaseModel):
    """Logs and traces."""

    log_level: str = "INFO"
    """Lowest level written."""
    otlp_endpoint: str | None = None
    """http://host:4317 of an OpenTelemetry collector; None: traces are not exported."""
    trace_ratio: float = Field(default=1.0, ge=0, le=1)
    """The share of new traces that is recorded; where a caller has decided, it is followed."""
    export_timeout_s: float = 5.0
    """For sending one batch of spans; nothing else waits for it."""
    flush_s: float = 2.0
    """How long the end of the process waits until its last spans are sent."""
