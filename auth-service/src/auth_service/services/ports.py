"""What the use cases need of the outside."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fiapx_common.paging import Page, Place
from fiapx_models.events import Event

from auth_service.entities.device import Device
from auth_service.entities.email_address import EmailAddress
from auth_service.entities.session import RefreshToken, Session
from auth_service.entities.signing_key import SigningKey
from auth_service.entities.throttling import Count
from auth_service.entities.user import User
from auth_service.services.key_ports import ApiKeys
from auth_service.services.link_ports import LinkTokens, ResetRequests
from auth_service.services.operator_ports import Audit, RegistrationDoor, UserList


class Users(Protocol):
    """Accounts."""

    async def add(self, user: User) -> None:
        """Raises EmailTaken, also when somebody else is adding the same address right now."""
        ...

    async def by_email(self, email: EmailAddress) -> User | None: ...

    async def by_id(self, user_id: UUID) -> User | None: ...

    async def locked(self, user_id: UUID) -> User | None:
        """As `by_id`; nobody else changes it until the end of the unit of work."""
        ...

    async def locked_by_key(self, email_key: str) -> User | None:
        """As `locked`, by the key of the address."""
        ...

    async def verify(self, user_id: UUID, at: datetime) -> None:
        """The address is the user's own; `at` is when this changed."""
        ...

    async def change(self, user: User, versions: Collection[int] | None) -> bool:
        """Stores name, locale and when they changed; False where `versions` are given and the row has none of them."""
        ...

    async def rehash(self, user_id: UUID, password_hash: str) -> None: ...

    async def disable(self, user_id: UUID, now: datetime) -> None:
        """One that is disabled already stays so since then."""
        ...

    async def enable(self, user_id: UUID) -> None: ...

    async def remove(self, user_id: UUID) -> None:
        """Deletes the row, and with it sessions and tokens."""
        ...


class Sessions(Protocol):
    """Sessions and their refresh tokens."""

    async def add(self, session: Session, token: RefreshToken) -> None: ...

    async def by_id(self, session_id: UUID) -> Session | None: ...

    async def locked(self, token_hash: bytes) -> tuple[Session, RefreshToken] | None:
        """The token and its session; all others who present a token of it wait until the end of the unit of work."""
        ...

    async def hand_out(self, token: RefreshToken, *, instead_of: bytes, now: datetime, device: Device) -> None:
        """Adds a token, marks the one presented as used (the first time counts) and prolongs the session.

        `device` is what the session is used with from now on.
        """
        ...

    async def revoke(self, session_id: UUID, user_id: UUID, now: datetime) -> bool:
        """Ends a user's session for good; False when there is none that lives."""
        ...

    async def revoke_all(self, user_id: UUID, now: datetime, *, but: UUID | None = None) -> Sequence[UUID]:
        """Ends a user's sessions for good, all or all but one; answers which."""
        ...

    async def living(self, user_id: UUID, now: datetime, most: int) -> Sequence[Session]:
        """A user's sessions that live, the most recently used first."""
        ...

    async def kept(self, user_id: UUID, after: Place | None, limit: int) -> Page[Session]:
        """A user's sessions, those that have ended too, the newest first."""
        ...

    async def forget_ended(self, before: datetime) -> int:
        """Deletes sessions that expired or were revoked before then; answers how many."""
        ...


@dataclass(frozen=True)
class Remembered:
    """What is known of a session without asking for its row: whose it is while it lives, None once it has ended."""

    user_id: UUID | None


class SessionCache(Protocol):
    """Which sessions live, for a short time. May forget; raises nothing when it can't be reached."""

    async def read(self, session_id: UUID) -> Remembered | None: ...

    async def keep_alive(self, session_id: UUID, user_id: UUID, left_s: float) -> None:
        """Remembers a session whose row was just read, unless something else is known; at most for `left_s`."""
        ...

    async def keep_ended(self, session_id: UUID) -> None:
        """As `keep_alive`, for a revoked one."""
        ...

    async def ending(self, session_ids: Iterable[UUID]) -> None:
        """Before the commit: from now on the rows have to be asked."""
        ...

    async def ended(self, session_ids: Iterable[UUID]) -> None:
        """After the commit: they live nowhere any more."""
        ...


class SigningKeys(Protocol):
    """The key pairs, encrypted where they lie."""

    async def all(self) -> Sequence[SigningKey]: ...

    async def lock(self) -> None:
        """Of all replicas one goes on, the others wait until the end of its unit of work."""
        ...

    async def add(self, key: SigningKey) -> None: ...

    async def remove(self, kids: Sequence[str]) -> None: ...


class Outbox(Protocol):
    """Events that are published if and only if the unit of work is committed."""

    async def add(self, event: Event) -> UUID: ...


class UnitOfWork(Protocol):
    """One transaction. Nothing is kept without `commit`."""

    @property
    def users(self) -> Users: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def api_keys(self) -> ApiKeys: ...

    @property
    def link_tokens(self) -> LinkTokens: ...

    @property
    def reset_requests(self) -> ResetRequests: ...

    @property
    def signing_keys(self) -> SigningKeys: ...

    @property
    def registration(self) -> RegistrationDoor: ...

    @property
    def user_list(self) -> UserList: ...

    @property
    def audit(self) -> Audit: ...

    @property
    def outbox(self) -> Outbox: ...

    async def commit(self) -> None: ...


class UnitsOfWork(Protocol):
    """Begins transactions. Raises Unavailable when the database is away."""

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]: ...


@dataclass(frozen=True)
class Verified:
    """Whether a password was right, and a better hash for it where the stored one is of an older cost."""

    right: bool
    better_hash: str | None = None


class Passwords(Protocol):
    """Slow hashing. Each call costs some 20 ms of a core and 19 MiB; raises Unavailable when too many wait."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, password_hash: str | None) -> Verified:
        """None: nobody has this address; takes as long as with a hash and is never right."""
        ...


class AccessTokens(Protocol):
    """Signed tokens and the keys for them."""

    def new_key(self, kid: str, signs_from: datetime) -> SigningKey: ...

    def sign(self, key: SigningKey, *, user_id: UUID, session_id: UUID, ttl_s: int) -> str: ...

    def jwks(self, keys: Sequence[SigningKey]) -> str:
        """The public halves as RFC 7517 JSON."""
        ...


class Counts(Protocol):
    """How often things happened, each in a window that begins with the first time. May forget, never invents."""

    async def add(self, key: str, window_s: int) -> Count:
        """Counts once more; answers the new count."""
        ...

    async def read(self, key: str) -> Count: ...

    async def clear(self, key: str) -> None:
        """As if it had never happened."""
        ...
