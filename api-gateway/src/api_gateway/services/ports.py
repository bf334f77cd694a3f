"""What the use cases need of the outside."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fiapx_models.scopes import Scope

from api_gateway.entities.api_keys import ApiKey
from api_gateway.entities.callers import Caller, Jwks
from api_gateway.entities.changes import VideoChange, Watched
from api_gateway.entities.direct_uploads import DirectUpload, SignedPart, UploadedPart, WantedUpload
from api_gateway.entities.frame_ranges import IndexRange
from api_gateway.entities.images import ImageFacts
from api_gateway.entities.platform import PlatformStatus
from api_gateway.entities.rates import Quota, RatePolicy
from api_gateway.entities.uploads import UploadPiece
from api_gateway.entities.usage import Usage
from api_gateway.entities.users import OpenSession, Session, User
from api_gateway.entities.videos import FramePage, ManifestForm, QueuePlace, Video, VideoFilter, VideoPage


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

    async def sessions(self, user_id: UUID) -> Sequence[OpenSession]:
        """Those that live, the most recently used first, at most 200."""

    async def end_other_sessions(self, caller: Caller) -> None:
        """Ends all of the user's sessions but the caller's."""

    async def request_verification(self, user_id: UUID) -> None:
        """Sends the mail with the link once more, unless the address is verified."""

    async def verify_email(self, token: str) -> User:
        """`Invalid` for a token that is unknown, used or too old."""

    async def request_password_reset(self, email: str, client_address: str) -> None:
        """The same whether or not somebody has this address; `Throttled` after too many."""

    async def reset_password(self, token: str, password: str, client_address: str) -> None:
        """Ends every session of the user; `Invalid` as for `verify_email`."""

    async def user(self, user_id: UUID) -> User:
        """The user's profile."""

    async def erase(self, user_id: UUID, password: str, client_address: str) -> None:
        """Erases the account; `Denied` for a wrong password, `Throttled` after too many of them."""

    async def update_user(
        self, user_id: UUID, name: str | None, locale: str | None, versions: Sequence[int] | None
    ) -> User:
        """Changes what is not None; `PreconditionFailed` where `versions` are given and the user has none of them."""


class Tokens(Protocol):
    """Access tokens, verified offline. An RPC only when the keys are old or a token names an unknown one."""

    async def verify(self, token: str) -> Caller:
        """Who asks; `Unauthenticated` for a token that is not ours or has expired, `Unavailable` without any keys."""

    async def jwks(self) -> Jwks:
        """The public keys."""


class KeyRing(Protocol):
    """auth-service: a user's API keys. One RPC per call."""

    async def make(
        self, user_id: UUID, name: str, scopes: Sequence[Scope], expires_at: datetime | None
    ) -> tuple[ApiKey, str]:
        """A new key and its text; `Invalid` for an unlawful one, `Conflict` when there are too many."""

    async def keys(self, user_id: UUID) -> Sequence[ApiKey]:
        """The newest first."""

    async def revoke(self, user_id: UUID, key_id: UUID) -> None:
        """`NotFound` where the user has no such key."""


class Credentials(Protocol):
    """Whether sessions and API keys are still good. At most one RPC for each in a moment, however many ask."""

    async def caller_of(self, key: str) -> Caller | None:
        """Whom an API key speaks for; None: nobody (any more). `Unavailable` when nobody can tell."""

    async def is_alive(self, caller: Caller) -> bool:
        """As of a moment ago; `Unavailable` when auth-service does not answer."""


class RateLimits(Protocol):
    """Counts requests over all gateways. Two round trips to Redis."""

    async def take(self, policy: RatePolicy, key: str) -> Quota | None:
        """Counts one request; None when nobody can count at the moment: then all are let in."""


class Videos(Protocol):
    """upload-service: videos. One RPC per call. Somebody else's video raises `NotFound`."""

    async def upload(self, user_id: UUID, least_file_bytes: int, pieces: AsyncIterator[UploadPiece], key: str) -> Video:
        """Sends the pieces on as they come, none ahead of what upload-service takes.

        `least_file_bytes` is known of the file's size beforehand, for an early refusal. Raises what `pieces` raises,
        after aborting the upload; stops reading `pieces` when upload-service refuses. Under the `key` of an earlier
        upload that one is answered: `Conflict` while it is under way, `Invalid` when it was another. Empty: none.
        """

    async def get(self, user_id: UUID, video_id: UUID) -> Video:
        """One video."""

    async def list(self, user_id: UUID, wanted: VideoFilter, limit: int, cursor: str) -> VideoPage:
        """Videos, newest first."""

    async def cancel(self, user_id: UUID, video_id: UUID) -> Video:
        """Stops the work; `Conflict` when it has ended."""

    async def retry(self, user_id: UUID, video_id: UUID) -> Video:
        """Begins a new attempt; `Conflict` unless it failed or was cancelled."""

    async def reprocess(self, user_id: UUID, video_id: UUID, options_json: str, key: str) -> Video:
        """Begins a new attempt with other options; `Conflict` unless it has ended, `Gone` without its file.

        An empty `key` is none; under one the call may be made again.
        """

    async def delete(self, user_id: UUID, video_id: UUID) -> None:
        """Removes it and all its objects."""

    async def archive_url(self, user_id: UUID, video_id: UUID) -> str:
        """A presigned URL of `frames.zip`; `Conflict` when not ready, `Gone` when expired."""

    async def usage(self, user_id: UUID) -> Usage:
        """What the user has, and may have."""


class DirectUploads(Protocol):
    """upload-service: files that clients send to the store by themselves. One RPC per call.

    Somebody else's upload raises `NotFound`, one that has ended `Conflict`, one that took too long `Gone`.
    """

    async def create(self, user_id: UUID, wanted: WantedUpload, key: str) -> DirectUpload:
        """A new upload, and its video; `key` as for `Videos.upload`."""

    async def get(self, user_id: UUID, upload_id: UUID) -> DirectUpload:
        """What the store has of it; costs upload-service a question to the store per 1,000 parts."""

    async def sign(self, user_id: UUID, upload_id: UUID, part_numbers: Sequence[int]) -> tuple[SignedPart, ...]:
        """Presigned PUTs, in the order asked."""

    async def complete(self, user_id: UUID, upload_id: UUID, parts: Sequence[UploadedPart]) -> Video:
        """Joins the parts; `Conflict` when some are missing or not those told. Takes as long as the store does."""

    async def abort(self, user_id: UUID, upload_id: UUID) -> None:
        """Gives it up."""


class Changes(Protocol):
    """upload-service: videos as they change. One RPC, and one of its streams, as long as somebody reads."""

    def watch(self, watched: Watched, first_s: float, lasts_s: float) -> AsyncGenerator[VideoChange]:
        """Changes without end; of one video alone up to its terminal state.

        The first comes within `first_s` and may say nothing but that the rest will be seen. Ends after `lasts_s`.
        Raises `NotFound` for somebody else's video, `Unavailable` when upload-service goes away. Close it after use.
        """


class Queue(Protocol):
    """processing-service: the queue. One RPC per call."""

    async def places(self, video_ids: Sequence[UUID]) -> Mapping[UUID, QueuePlace]:
        """Of those videos that wait or run, at most 200; `Unavailable` at once for a while after a failure.

        It does not ask whose they are.
        """

    async def status(self) -> PlatformStatus:
        """Workers and work of the whole platform."""


class Pieces(Protocol):
    """Bytes in pieces, made as fast as they are read. Close it after use, whether it was read to its end or not."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def __anext__(self) -> bytes: ...

    async def aclose(self) -> None: ...


class Frames(Protocol):
    """processing-service: frames of finished attempts. One RPC per call; it does not ask whose video it is."""

    async def list(self, video_id: UUID, attempt: int, limit: int, after_index: int) -> FramePage:
        """Rows of the manifest."""

    def manifest(self, video_id: UUID, attempt: int, form: ManifestForm, *, for_strangers: bool) -> Pieces:
        """The whole manifest; for strangers without what its owner has said for themselves."""

    def selection(self, video_id: UUID, attempt: int, wanted: Sequence[IndexRange], *, for_strangers: bool) -> Pieces:
        """A ZIP of some frames, its manifest as above; costs a range of the archive per neighbourhood.

        `NotFound` where none is there.
        """

    async def image(self, video_id: UUID, attempt: int, index: int, width: int) -> tuple[ImageFacts, Pieces]:
        """One frame, read by its range of the archive; `NotFound` where there is none of this index.

        A `width` other than 0 costs the making of a thumbnail.
        """
