"""The gateway's settings: the only reader of the environment."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from fiapx_common.settings import RedisSettings, TelemetrySettings, service_config
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings


class HttpSettings(BaseModel):
    """The door."""

    listen: str = "127.0.0.1:0"
    """host:port; port 0 takes a free one."""
    drain_s: float = 20.0
    """How long requests under way may go on after SIGTERM."""
    cors_origins: list[str] = []
    """Exact origins (JSON list) of pages elsewhere that may call the API."""
    trusted_proxies: list[IPv4Network | IPv6Network] = []
    """Networks (JSON list) of our own proxies, whose X-Forwarded-For is believed."""
    store_origins: list[str] = []
    """Origins (JSON list) of the object store, which the SPA's content security policy allows."""


class UploadSettings(BaseModel):
    """Streamed uploads."""

    max_file_bytes: int = 20 * 1024**3
    """The largest video."""
    at_once: int = Field(96, gt=0)
    """Uploads of one process; more are told to come again before their bodies are asked for."""
    of_one_user: int = Field(64, gt=0)
    """Of these."""
    client_idle_s: float = 45.0
    """How long a client may send nothing."""
    service_idle_s: float = 60.0
    """How long upload-service may take nothing."""
    answer_timeout_s: float = 60.0
    """For upload-service's answer after the last byte, or for its joining of an upload's parts."""
    total_timeout_s: float = 7 * 3600.0
    """For the whole upload; more than upload-service allows, so that its words are heard."""


class EventSettings(BaseModel):
    """Streams of changes (Server-Sent Events)."""

    streams_per_user: int = 10
    """The most that one user may have open at one gateway."""
    heartbeat_s: float = 10.0
    """Between two comments on a stream."""
    stall_s: float = 30.0
    """How long a client may take nothing before its stream is ended."""
    lasts_s: float = Field(3600.0, gt=0)
    """A stream at most; its client then goes on with another one, from where it was."""


class ResultSettings(BaseModel):
    """Results that are streamed through."""

    message_timeout_s: float = 30.0
    """For each message of processing-service."""
    making_timeout_s: float = 75.0
    """For an overview, which may have to be made first, and for a look into a video; more than processing-service
    allows itself."""
    total_timeout_s: float = 6 * 3600.0
    """For the whole, which lasts as long as the client takes to read it."""


class QueueSettings(BaseModel):
    """Places in the queue, which are told with videos."""

    timeout_s: float = 1.0
    """For processing-service's answer; without one, videos are told without their places."""
    rest_s: float = 3.0
    """How long it is left alone after a failure, so that not each request waits for its time-out."""


class RateSettings(BaseModel):
    """Requests in a minute."""

    api_per_minute: int = 600
    """Per user; per address for callers without a token."""
    auth_per_minute: int = 120
    """Per address, on the routes where people sign in."""
    shares_per_minute: int = 600
    """Per address, where a link to a video is enough."""
    redis_rest_s: float = 3.0
    """How long Redis is left alone after a failure, so that not each request waits for its time-out."""


class Settings(BaseSettings):
    """What the environment says under GATEWAY_."""

    model_config = service_config("GATEWAY_")

    redis: RedisSettings
    auth_target: str
    """gRPC target of auth-service: dns:///host:port."""
    upload_target: str
    """gRPC target of upload-service."""
    processing_target: str
    """gRPC target of processing-service."""
    notification_target: str
    """gRPC target of notification-service."""
    rpc_timeout_s: float = 5.0
    """Deadline of each call to a service but uploads."""
    issuer: str
    """Whose access tokens are accepted; the same as auth-service's."""
    audience: str = "fiapx"
    """For whom they must be meant; the same as auth-service's."""
    jwks_retry_s: float = 3.0
    """Between two fetches of keys because of unknown ones or a failed fetch."""
    session_check_s: float = 1.0
    """How long auth-service's word that a session lives counts; a session that ends is out everywhere after that.
    upload-service's word that a link is good counts as long."""
    session_check_timeout_s: float = 4.0
    """For that word; with `rpc_timeout_s`, which the call that follows may take, less than 10 s."""
    spa_dir: Path | None = None
    """The built SPA to serve at `/`; None: a small index page."""
    http: HttpSettings = HttpSettings()
    upload: UploadSettings = UploadSettings()
    events: EventSettings = EventSettings()
    results: ResultSettings = ResultSettings()
    queue: QueueSettings = QueueSettings()
    rates: RateSettings = RateSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
