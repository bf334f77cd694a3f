"""The only reader of the environment: `PROCESSING_…`, sections with two underscores."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from fiapx_common.settings import (
    BrokerSettings,
    GrpcSettings,
    OpsSettings,
    OwnerPostgresSettings,
    PostgresSettings,
    StoreSettings,
    TelemetrySettings,
    service_config,
)
from fiapx_engine.cpus import usable_threads
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.frame_plan import PlanLimits
from fiapx_engine.libav_engine import LIBAV_RATE, LibavSettings
from fiapx_engine.opening import EngineChoice
from fiapx_engine.spans import WorkRate
from fiapx_models.sampling import FRAMES_PER_JOB
from pydantic import BaseModel, Field, field_validator
from pydantic_settings import BaseSettings, NoDecode


class Role(StrEnum):
    """What a process does of the work."""

    PLANNER = "planner"
    """Hears the events, plans, answers questions, sweeps."""
    WORKER = "worker"
    """Extracts segments."""
    ASSEMBLER = "assembler"
    """Joins parts."""


def component(roles: Collection[Role]) -> str:
    """What a process with these roles is called in logs, traces and deployments."""
    if Role.WORKER not in roles:
        return "processing-planner"
    return "processing-worker" if len(roles) == 1 else "processing-service"


class DecoderSettings(BaseModel):
    """The decoder's programs (names on PATH, or paths) and limits."""

    ffmpeg: str = "ffmpeg"
    ffprobe: str = "ffprobe"
    threads: int = Field(default_factory=usable_threads, ge=1)
    """Of one decoder; unless told, as many as the cgroup's CPU quota has cores, rounded up, at most 8."""
    probe_timeout_s: float = 300.0
    """For looking at a whole source."""
    segment_timeout_s: float = 900.0
    """For one stretch of decoding."""
    scenes_timeout_s: float = 1500.0
    """For finding scenes while a job is planned; RabbitMQ takes a message back after half an hour."""
    most_frames: Annotated[int, Field(ge=1)] = FRAMES_PER_JOB
    """In one job's plan."""
    segment_work_s: Annotated[int, Field(ge=1)] = 30
    """How much decoding one segment is, as far as it can be cut at keyframes."""
    first_segment_work_s: Annotated[float, Field(ge=0)] = 0.25
    """Of a long job's first segment, so that its frames can soon be seen; those that follow grow. 0: none is small."""
    segment_frames: Annotated[int, Field(ge=1)] = 1_500
    """At most in one segment."""

    @property
    def of_ffmpeg(self) -> FfmpegSettings:
        """In that engine's words."""
        return FfmpegSettings(
            ffmpeg=self.ffmpeg,
            ffprobe=self.ffprobe,
            threads=self.threads,
            probe_timeout_s=self.probe_timeout_s,
            segment_timeout_s=self.segment_timeout_s,
            scenes_timeout_s=self.scenes_timeout_s,
            plan_limits=self._plan_limits(WorkRate()),
        )

    @property
    def of_libav(self) -> LibavSettings:
        """In that engine's words."""
        return LibavSettings(
            threads=self.threads,
            probe_timeout_s=self.probe_timeout_s,
            segment_timeout_s=self.segment_timeout_s,
            plan_limits=self._plan_limits(LIBAV_RATE),
        )

    def _plan_limits(self, rate: WorkRate) -> PlanLimits:
        return PlanLimits(
            most_frames=self.most_frames,
            segment_work_s=self.segment_work_s,
            first_segment_work_s=self.first_segment_work_s,
            segment_frames=self.segment_frames,
            work_rate=rate,
        )


class ThumbnailSettings(BaseModel):
    """Small images of single frames, in planners."""

    at_once: Annotated[int, Field(ge=1)] = 2
    """Children; further requests wait."""
    timeout_s: float = 20.0
    """For one."""


class PreviewSettings(BaseModel):
    """Contact sheets and sprites, in planners."""

    at_once: Annotated[int, Field(ge=1)] = 1
    """Children; further requests wait."""
    timeout_s: float = 60.0
    """For one."""


class EstimateSettings(BaseModel):
    """Videos that are looked into before anybody asks for their frames, in planners."""

    at_once: Annotated[int, Field(ge=1)] = 1
    """Videos; further requests wait."""
    timeout_s: float = 60.0
    """For one, its wait included."""


class ScratchSettings(BaseModel):
    """Local copies of sources."""

    budget_bytes: int = 40 << 30
    """Of all copies in one process; a larger source cannot be processed."""
    idle_s: float = 30.0
    """A copy that no segment used for so long is removed."""


class LeaseSettings(BaseModel):
    """Leases of segments and jobs."""

    lease_s: float = 10.0
    """Without a renewal a lease is over after this."""
    renew_every_s: float = 1.0
    """Also how fast a worker hears of a cancel."""


class NetSettings(BaseModel):
    """What is done about lost messages."""

    every_s: float = 15.0
    """Between two looks."""
    expired_s: float = 60.0
    """A lease ran out so long ago that its message should have come back."""
    waiting_s: float = 900.0
    """Work waited so long that its message may be lost."""


class SweepSettings(BaseModel):
    """What is removed, and when."""

    every_s: float = 5.0
    """Between two passes."""
    grace_s: float = 10.0
    """After a job's end: by then its last worker has noticed."""
    keep_replaced_s: float = 3600.0
    """A result goes so long after a later attempt of its video has ended."""
    keep_expired_s: Annotated[float, Field(ge=0)] = 3600.0
    """A result goes so long after `retention`: upload-service refuses it first, and downloads under way end."""
    forget_seen_days: float = 14.0
    """Ids of messages handled are kept so long."""


class Settings(BaseSettings):
    """Everything that a process of this service is told."""

    model_config = service_config("PROCESSING_")

    roles: Annotated[frozenset[Role], NoDecode] = frozenset(Role)
    """Comma-separated: planner, worker, assembler."""
    postgres: PostgresSettings
    """Database `processing`."""
    broker: BrokerSettings
    """RabbitMQ."""
    store: StoreSettings
    """Reads `sources/`, writes `parts/` and `results/`."""
    grpc: GrpcSettings = GrpcSettings()
    """MediaService, in planners."""
    ops: OpsSettings = OpsSettings()
    """Probes and metrics."""
    telemetry: TelemetrySettings = TelemetrySettings()
    """Logs and traces."""
    migrations_dir: Path = Path("migrations")
    """To know the schema that this version needs."""
    engine: EngineChoice = "auto"
    """What decodes: `libav`, fast; `ffmpeg`, the command line; `auto`, libav and ffmpeg for what it cannot do."""
    decoder: DecoderSettings = DecoderSettings()
    """The decoder's programs and limits."""
    thumbnails: ThumbnailSettings = ThumbnailSettings()
    """Small images of single frames, in planners."""
    previews: PreviewSettings = PreviewSettings()
    """Contact sheets and sprites, in planners."""
    estimates: EstimateSettings = EstimateSettings()
    """Videos that are looked into before anybody asks for their frames, in planners."""
    scratch_dir: Path = Path("/tmp/fiapx-processing")  # noqa: S108 - each process makes a folder of its own, 0700
    """Below it each process makes a folder of its own."""
    scratch: ScratchSettings = ScratchSettings()
    """Local copies of sources."""
    lease: LeaseSettings = LeaseSettings()
    """Leases of segments and jobs."""
    net: NetSettings = NetSettings()
    """What is done about lost messages."""
    sweep: SweepSettings = SweepSettings()
    """What is removed, and when."""
    retention: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(days=7)
    """How long a result is kept, from its completion; must be the same as UPLOAD_KEEP__RESULT, which users are told."""
    window: Annotated[int, Field(ge=1)] = 4
    """Segments of one job in the queue or under way, so that a long video leaves room for others."""
    planners: Annotated[int, Field(ge=1)] = 2
    """Jobs planned at once by one process."""
    assemblers: Annotated[int, Field(ge=1)] = 2
    """Archives assembled at once by one process."""
    drain_s: float = 30.0
    """What a segment under way gets after SIGTERM before it is handed back."""
    survey_every_s: Annotated[float, Field(gt=0)] = 5.0
    """Between two counts of what is to be done, for metrics."""
    progress_every_s: float = 0.5
    """Between two events about one job's progress."""

    @field_validator("roles", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        names = {name.strip() for name in value.split(",") if name.strip()}
        unknown = names - set(Role)
        if unknown or not names:
            raise ValueError(f"unknown role {', '.join(sorted(unknown)) or '(none)'}: choose from {', '.join(Role)}")
        return frozenset(names)


class MigrationSettings(BaseSettings):
    """For migrations alone."""

    model_config = service_config("PROCESSING_")

    postgres: OwnerPostgresSettings
    """The same database, under the role that owns the schema."""
    migrations_dir: Path = Path("migrations")
    """Alembic's folder."""
