"""All settings of auth-service; nothing else reads the environment."""

from pathlib import Path
from typing import Self

from fiapx_common.settings import (
    BrokerSettings,
    GrpcSettings,
    OpsSettings,
    OwnerPostgresSettings,
    PostgresSettings,
    RedisSettings,
    TelemetrySettings,
    service_config,
)
from pydantic import BaseModel, SecretStr, model_validator
from pydantic_settings import BaseSettings

DAY_S = 24 * 3600


class TokenSettings(BaseModel):
    """How long tokens and keys live."""

    audience: str = "fiapx"
    """`aud` of access tokens."""
    access_ttl_s: int = 900
    """An access token's life."""
    refresh_ttl_s: int = 30 * DAY_S
    """A refresh token's life; each refresh begins it anew."""
    refresh_grace_s: float = 10
    """A refresh token may be presented again for so long after its first use."""
    jwks_max_age_s: int = 300
    """For so long may others keep our public keys."""
    key_rotation_s: int = 30 * DAY_S
    """A new signing key every so often."""
    key_lead_s: int = 900
    """A new key is published for so long before it signs: more than anybody's copy of our keys is old."""
    keys_reload_s: float = 30
    """How often the keys are read again."""
    kept_after_end_s: int = 7 * DAY_S
    """Ended sessions are deleted after so long."""
    sweep_s: float = 3600
    """How often they are looked for."""

    @model_validator(mode="after")
    def _keys_are_known_before_they_sign(self) -> Self:
        if self.key_lead_s <= self.jwks_max_age_s + self.keys_reload_s:
            raise ValueError("key_lead_s must be more than jwks_max_age_s and keys_reload_s together.")
        if self.key_rotation_s <= self.key_lead_s:
            raise ValueError("key_rotation_s must be more than key_lead_s.")
        return self


class LinkSettings(BaseModel):
    """Links that go by mail."""

    verification_ttl_s: int = 3 * DAY_S
    """A link that verifies an address works for so long."""
    reset_ttl_s: int = 3600
    """A link for a new password works for so long."""
    poll_s: float = 5
    """How often requests that another replica left are looked for; our own are answered at once."""


class SessionCacheSettings(BaseModel):
    """How long it is remembered which sessions live."""

    alive_s: float = 30
    """A session counts as alive for so long after its row was read; one that is ended is known at once."""
    ending_s: float = 30
    """Rows are asked for so long after somebody began to end a session: longer than a commit may take."""
    ended_s: float = 3600
    """That a session has ended is remembered for so long: longer than an access token lives."""
    catch_up_s: float = 0.5
    """How often Redis is told again what it did not take."""


class HashingSettings(BaseModel):
    """Argon2 is slow on purpose."""

    threads: int = 2
    """Hashes computed at once, each with 19 MiB."""
    wait_s: float = 5.0
    """For a thread; then the caller is told to come later."""


class ThrottleSettings(BaseModel):
    """How often is too often."""

    account_failures: int = 10
    """Failed logins per account and address."""
    address_failures: int = 100
    """Failed logins per address."""
    failures_window_s: int = 900
    """The time in which they count."""
    sign_ups: int = 200
    """Sign-ups per address."""
    sign_ups_window_s: int = 3600
    """The time in which they count."""
    reset_requests: int = 5
    """Password resets asked for, per account and address."""
    address_reset_requests: int = 50
    """Password resets asked for, per address."""
    account_mails: int = 10
    """Mails with a link, per account and kind, whoever asks; what goes beyond is not sent."""
    mails_window_s: int = 3600
    """The time in which they count."""


class Settings(BaseSettings):
    """What `running` needs."""

    model_config = service_config("AUTH_")

    postgres: PostgresSettings
    """Users, sessions, keys, outbox."""
    redis: RedisSettings
    """Counts for throttling, and which sessions live."""
    broker: BrokerSettings
    """Where user.* events go."""
    grpc: GrpcSettings = GrpcSettings()
    """The service's door."""
    ops: OpsSettings = OpsSettings()
    """Probes and metrics."""
    telemetry: TelemetrySettings = TelemetrySettings()
    """Logs and traces."""
    issuer: str
    """`iss` of access tokens: the platform's public address."""
    key_encryption_key: SecretStr
    """Fernet key (32 bytes, base64url) for private keys at rest; several with commas between: the first encrypts."""
    tokens: TokenSettings = TokenSettings()
    """Lifetimes."""
    links: LinkSettings = LinkSettings()
    """Links in mails."""
    session_cache: SessionCacheSettings = SessionCacheSettings()
    """Sessions in Redis."""
    hashing: HashingSettings = HashingSettings()
    """Cost of passwords."""
    throttle: ThrottleSettings = ThrottleSettings()
    """Limits."""
    migrations_dir: Path = Path("migrations")
    """Against which the schema is checked at the start."""


class MigrationSettings(BaseSettings):
    """What `python -m auth_service.migrate` needs."""

    model_config = service_config("AUTH_")

    postgres: OwnerPostgresSettings
    """The owner's role."""
    migrations_dir: Path = Path("migrations")
    """Where the revisions are."""
