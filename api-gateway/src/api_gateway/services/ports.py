"""What the use cases need of the outside."""

from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

from api_gateway.entities.callers import Caller, Jwks
from api_gateway.entities.rates import Quota, RatePolicy
from api_gateway.entities.uploads import UploadPiece
from api_gateway.entities.users import Session, User
from api_gateway.entities.videos import FramePage, Video, VideoFilter, VideoPage


class Accounts(Protocol):
    """auth-service: users and sessions. One RPC per call."""

    async def register(self, email: str, password: str, name: str, locale: str, client_address: str) -> User:
        """A new user; `Conflict` when the address is taken, `Throttled` after too many sign-ups."""

    async def login(self, email: str, password: str, client_address: str, user_agent: str) -> Session:
        """A new session; `Unauthenticated` for a wrong pair, `Throttled` after too many of them."""

    async def refresh(self, refresh_token: str, client_address: str, user_agent: str) -> Session:
        """The session's next tokens; the old refresh token is used up."""

    async def end_session_of_token(self, refresh_token: str) -> None:
        """Ends the session that this refresh token belongs to."""

    async def end_session(self, caller: Caller) -> None:
        """Ends the caller's session."""

    async def user(self, user_id: UUID) -> User:
        """The user's profile."""

    async def update_user(self, user_id: UUID, name: str | None, locale: str | None) -> User:
        """Changes what is not None."""


class Tokens(Protocol):
    """Access tokens, verified offline. An RPC only when the keys are old or a token names an unknown one."""

    async def verify(self, token: str) -> Caller:
        """Who asks; `Unauthenticated` for a token that is not ours or has expired, `Unavailable` without any keys."""

    async def jwks(self) -> Jwks:
        """The public keys."""


class RateLimits(Protocol):
    """Counts requests over all gateways. Two round trips to Redis."""

    async def take(self, policy: RatePolicy, key: str) -> Quota | None:
        """Counts one request; None when nobody can count at the moment: then all are let in."""


class Videos(Protocol):
    """upload-service: videos. One RPC per call. Somebody else's video raises `NotFound`."""

    async def upload(self, user_id: UUID, least_file_bytes: int, pieces: AsyncIterator[UploadPiece]) -> Video:
        """Sends the pieces on as they come, none ahead of what upload-service takes.

        `least_file_bytes` is known of the file's size beforehand, for an early refusal. Raises what `pieces` raises,
        after aborting the upload; stops reading `pieces` when upload-service refuses.
        """

    async def get(self, user_id: UUID, video_id: UUID) -> Video:
        """One video."""

    async def list(self, user_id: UUID, wanted: VideoFilter, limit: int, cursor: str) -> VideoPage:
        """Videos, newest first."""

    async def cancel(self, user_id: UUID, video_id: UUID) -> Video:
        """Stops the work; `Conflict` when it has ended."""

    async def retry(self, user_id: UUID, video_id: UUID) -> Video:
        """Begins a new attempt; `Conflict` unless it failed or was cancelled."""

    async def delete(self, user_id: UUID, video_id: UUID) -> None:
        """Removes it and all its objects."""

    async def archive_url(self, user_id: UUID, video_id: UUID) -> str:
        """A presigned URL of `frames.zip`; `Conflict` when not ready, `Gone` when expired."""


class Frames(Protocol):
    """processing-service: frames of finished attempts. One RPC per call; it does not ask whose video it is."""

    async def list(self, video_id: UUID, attempt: int, limit: int, after_index: int) -> FramePage:
        """Rows of the manifest."""

    def manifest(self, video_id: UUID, attempt: int) -> AsyncIterator[bytes]:
        """The manifest's JSON in pieces, one stream."""
