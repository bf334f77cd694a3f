"""What the environment tells this service (prefix NOTIFICATION_)."""

from pathlib import Path
from typing import Literal, Self

from fiapx_common.outbound import TargetRules
from fiapx_common.settings import (
    BrokerSettings,
    GrpcSettings,
    OpsSettings,
    OwnerPostgresSettings,
    PostgresSettings,
    TelemetrySettings,
    service_config,
)
from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from notification_service.entities.deliveries import SCHEDULE_S

_STEPS_OF_A_SENDING = 3


class SmtpSettings(BaseModel):
    """The server that takes our mails."""

    host: str
    """Name or address."""
    port: int = 25
    """25 between servers, 587 for STARTTLS, 465 for TLS."""
    security: Literal["none", "starttls", "tls"] = "none"
    """starttls is demanded, not hoped for; certificates are verified."""
    ca_file: Path | None = None
    """Authorities besides the system's own, PEM."""
    username: str | None = None
    """None: no login."""
    password: SecretStr | None = None
    """With `username`."""
    timeout_s: float = 10.0
    """For connecting and for each answer."""

    @property
    def sending_timeout_s(self) -> float:
        """For one mail from connecting to the server's last word."""
        return self.timeout_s * _STEPS_OF_A_SENDING


class SenderSettings(BaseModel):
    """Who writes, and how eagerly."""

    address: str = "no-reply@fiapx.example"
    """From."""
    name: str = "FIAP X"
    """Shown beside it."""
    domain: str = "fiapx.example"
    """Right-hand side of Message-IDs and our name in EHLO; never change it without need."""
    concurrency: int = 4
    """Mails at once."""
    poll_s: float = 1.0
    """Between looks at the queue when nothing happens."""
    lease_s: float = 60.0
    """After it a mail whose sender died is sent by another."""
    give_up_s: float = 3 * 86_400.0
    """A mail of this age is not tried again."""
    drain_s: float = 20.0
    """For mails under way after SIGTERM."""


class WebhookSettings(BaseModel):
    """Users' programs: where they may be, and how eagerly they are told."""

    private_targets: bool = False
    """Also http, any port, and private or loopback addresses: for tests, and for the machine one develops on."""
    ports: list[int] = [443]
    """Of receivers (JSON list)."""
    ca_file: Path | None = None
    """Authorities besides the system's own, PEM."""
    of_one_user: int = Field(20, gt=0)
    """Webhooks."""
    concurrency: int = Field(16, gt=0)
    """Receivers at once; each gets one message at a time."""
    connect_timeout_s: float = 5.0
    """For the host's name and its connection, and for TLS."""
    read_timeout_s: float = 10.0
    """Without a byte of the answer."""
    total_timeout_s: float = 15.0
    """For one message from its beginning to the answer's end."""
    lease_s: float = 60.0
    """After it a message whose sender died is sent by another."""
    poll_s: float = 1.0
    """Between looks at the queue when nothing happens."""
    schedule_s: list[float] = list(SCHEDULE_S)
    """Waits between tries (JSON list); after the last one a message is given up."""
    keep_days: float = 30.0
    """What became of a message is forgotten after this."""
    drain_s: float = 20.0
    """For messages under way after SIGTERM."""

    @property
    def target_rules(self) -> TargetRules:
        """What users may name."""
        return TargetRules(self.private_targets, tuple(self.ports))

    @model_validator(mode="after")
    def _leases_outlast_requests(self) -> Self:
        if self.lease_s <= self.total_timeout_s:
            raise ValueError("webhooks.lease_s must be more than webhooks.total_timeout_s, or messages go out twice")
        return self


class Settings(BaseSettings):
    """NOTIFICATION_POSTGRES__DSN is `postgres.dsn`, and so on."""

    model_config = service_config("NOTIFICATION_")

    postgres: PostgresSettings
    """Database `notification`, the service's role."""
    broker: BrokerSettings
    """RabbitMQ."""
    smtp: SmtpSettings
    """Where mails go."""
    sender: SenderSettings = SenderSettings()
    """Who writes."""
    webhooks: WebhookSettings = WebhookSettings()
    """Users' programs."""
    public_url: str
    """Where users find FIAP X, for links: https://fiapx.example"""
    consumers: int = 8
    """Events at once."""
    drain_s: float = 20.0
    """For events under way after SIGTERM."""
    sweep_every_s: float = 3600.0
    """Between sweeps of old rows."""
    keep_days: float = 90.0
    """Sent mails and seen messages are forgotten after this."""
    grpc: GrpcSettings = GrpcSettings()
    """RPCs."""
    ops: OpsSettings = OpsSettings()
    """Probes and metrics."""
    telemetry: TelemetrySettings = TelemetrySettings()
    """Logs and traces."""
    migrations_dir: Path = Path("migrations")
    """To know whether the schema is current."""

    @model_validator(mode="after")
    def _leases_outlast_sending(self) -> Self:
        if self.sender.lease_s <= self.smtp.sending_timeout_s:
            raise ValueError("sender.lease_s must be more than three times smtp.timeout_s, or mails go out twice")
        return self


class MigrationSettings(BaseSettings):
    """For `python -m notification_service.migrate`."""

    model_config = service_config("NOTIFICATION_")

    postgres: OwnerPostgresSettings
    """NOTIFICATION_POSTGRES__OWNER_DSN"""
    migrations_dir: Path = Path("migrations")
    """Alembic's folder."""
