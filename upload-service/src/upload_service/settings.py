"""The only reader of the environment: prefix UPLOAD_."""

from datetime import timedelta
from pathlib import Path
from typing import Self

from fiapx_common.settings import (
    BrokerSettings,
    GrpcSettings,
    OpsSettings,
    OwnerPostgresSettings,
    PostgresSettings,
    RedisSettings,
    StoreSettings,
    TelemetrySettings,
    service_config,
)
from pydantic import BaseModel, Field, model_validator
from pydantic_settings import BaseSettings

_PARTS = 10_000  # S3's most


class PublicStoreSettings(StoreSettings):
    """The object store, and how users reach it."""

    public_url: str | None = None
    """http://host:port that presigned addresses are made for; None: the endpoint."""


class QuotaSettings(BaseModel):
    """The limits of one user."""

    file_bytes: int = Field(20 << 30, gt=0)
    """The largest file."""
    videos: int = Field(2_000, gt=0)
    """Videos that are not deleted."""
    stored_bytes: int = Field(200 << 30, gt=0)
    """Files and archives that are still kept."""


class StreamSettings(BaseModel):
    """Uploads that are streamed through this service."""

    part_bytes: int = Field(5 << 20, ge=5 << 20)
    """Sent to the store at once; a stream takes twice this of memory, beside gRPC's window."""
    at_once: int = Field(32, gt=0)
    """Streams of one process; more wait, unread."""
    of_one_user: int = Field(8, gt=0)
    """Of these; more of one user wait, so that nobody takes all places by sending slowly."""
    wait_s: float = Field(30.0, gt=0)
    """For one of these places; then the client is told to come again."""
    stall_s: float = Field(60.0, gt=0)
    """Without a byte; then the upload is given up."""
    timeout_s: float = Field(6 * 3600.0, gt=0)
    """For a whole upload."""


class DirectSettings(BaseModel):
    """Uploads that clients send to the store by themselves."""

    part_bytes: int = Field(8 << 20, ge=5 << 20, multiple_of=1 << 20)
    """The smallest part; larger files have larger ones, about 256 of them."""
    ttl: timedelta = Field(timedelta(hours=24), gt=timedelta(0))
    """For a whole upload; then it is ended, and what has come of it goes."""
    link: timedelta = Field(timedelta(minutes=60), gt=timedelta(0), le=timedelta(minutes=60))
    """A presigned address of a part."""


class KeepSettings(BaseModel):
    """How long things are kept."""

    result: timedelta = timedelta(days=7)
    """An archive, from its completion; PROCESSING_RETENTION, by which archives are removed, must be the same."""
    source: timedelta = timedelta(days=7)
    """An uploaded file, from its arrival; longer while it is being processed."""
    link: timedelta = Field(timedelta(minutes=15), gt=timedelta(0), le=timedelta(minutes=15))
    """A presigned address."""
    messages: timedelta = Field(timedelta(days=14), ge=timedelta(days=7))
    """Ids of messages that were taken in."""


class IdempotencySettings(BaseModel):
    """Requests that may be sent again under their key."""

    keep: timedelta = Field(timedelta(hours=24), gt=timedelta(0))
    """How long what a request has made is remembered."""
    lease: timedelta = Field(timedelta(seconds=15), gt=timedelta(0))
    """How long a request whose process has died keeps others of its key out; renewed while it is under way."""


class ShareSettings(BaseModel):
    """Links by which strangers may look at a video."""

    of_one_video: int = Field(20, gt=0)
    """That are good at once."""
    usual: timedelta = Field(timedelta(days=7), gt=timedelta(0))
    """How long one is good where nobody says; never longer than the frames are kept."""


class SweepSettings(BaseModel):
    """Removing what was left behind."""

    period_s: float = Field(60.0, gt=0)
    """Between two rounds."""
    grace_s: float = 7 * 3600.0
    """Age from which a file without a row and an unfinished upload are leftovers: longer than an upload may take."""


class WatchSettings(BaseModel):
    """Seeing videos, and watching them as they change."""

    progress_every_s: float = Field(0.5, gt=0)
    """Of one video, to one watcher; all other changes are told at once."""
    poll_s: float = Field(2.0, gt=0)
    """Between two looks into the record, for signals that were lost or that nobody carries."""
    leave_s: float = Field(1.0, gt=0)
    """At the service's end, for watchers to hear that they should go on elsewhere."""
    cache_s: float = Field(10.0, gt=0)
    """How long a video is kept at hand: the longest that one is out of date whose change could not be told."""
    redis_rest_s: float = Field(2.0, gt=0)
    """How long Redis is left alone after a failure, so that not each call waits for its time-out."""


class Settings(BaseSettings):
    """All of upload-service."""

    model_config = service_config("UPLOAD_")

    postgres: PostgresSettings
    """Database `upload`."""
    broker: BrokerSettings
    """RabbitMQ."""
    redis: RedisSettings
    """Videos at hand, and signals between replicas."""
    store: PublicStoreSettings
    """Where files go."""
    grpc: GrpcSettings = GrpcSettings()
    """Its door."""
    ops: OpsSettings = OpsSettings()
    """Probes and metrics."""
    telemetry: TelemetrySettings = TelemetrySettings()
    """Logs and traces."""
    quota: QuotaSettings = QuotaSettings()
    """Per user."""
    stream: StreamSettings = StreamSettings()
    """Per upload."""
    direct: DirectSettings = DirectSettings()
    """Per upload past this service."""
    keep: KeepSettings = KeepSettings()
    """Retention."""
    idempotency: IdempotencySettings = IdempotencySettings()
    """Repeated requests."""
    share: ShareSettings = ShareSettings()
    """Links for strangers."""
    sweep: SweepSettings = SweepSettings()
    """Leftovers."""
    watch: WatchSettings = WatchSettings()
    """Videos seen, and watched as they change."""
    migrations_dir: Path = Path("migrations")
    """Where the schema's versions lie."""

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        if self.sweep.grace_s <= self.stream.timeout_s:
            raise ValueError("sweep.grace_s must be longer than stream.timeout_s, or uploads under way are swept away")
        if self.quota.file_bytes > _PARTS * self.stream.part_bytes:
            raise ValueError(f"quota.file_bytes must fit into {_PARTS} parts of stream.part_bytes")
        return self


class MigrationSettings(BaseSettings):
    """For `python -m upload_service.migrate`."""

    model_config = service_config("UPLOAD_")

    postgres: OwnerPostgresSettings
    """The owner's role."""
    store: StoreSettings
    """Where the bucket is made if it is missing."""
    migrations_dir: Path = Path("migrations")
    """Where the schema's versions lie."""
