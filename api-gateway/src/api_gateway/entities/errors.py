"""What the door itself refuses; everything else is refused by the services behind it."""

from fiapx_common.errors import (
    Conflict,
    Denied,
    FieldError,
    Gone,
    Invalid,
    NotFound,
    Throttled,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from fiapx_models.scopes import Scope


class MissingToken(Unauthenticated):
    """Nobody said who is asking."""

    def __init__(self) -> None:
        super().__init__("missing_token", "This needs an access token: `Authorization: Bearer <token>`.")


class MissingRefreshToken(Unauthenticated):
    """Neither a body nor a cookie says which session is meant."""

    def __init__(self) -> None:
        super().__init__("missing_refresh_token", "This needs a refresh token: in the body, or a browser's cookie.")


class CsrfHeaderMissing(Denied):
    """A browser sent its cookie, and nothing shows that a page of ours made it do so."""

    def __init__(self, header: str, value: str) -> None:
        super().__init__("csrf_header_missing", f"A request with this cookie needs the header `{header}: {value}`.")


class ApiKeyInvalid(Unauthenticated):
    """No key that is good: unknown, revoked, expired, or of a disabled user; never told which."""

    def __init__(self) -> None:
        super().__init__("invalid_api_key", "The API key is unknown, was revoked or has expired.")


class ScopeMissing(Denied):
    """The API key may do something, but not this."""

    def __init__(self, scope: Scope) -> None:
        super().__init__("missing_scope", f"This needs an API key with the scope {scope}.")


class NotByApiKey(Denied):
    """What is about the account itself."""

    def __init__(self) -> None:
        super().__init__("not_by_api_key", "No API key may do this: please log in.")


class SessionEnded(Unauthenticated):
    """The token is good, but somebody has ended its session."""

    def __init__(self) -> None:
        super().__init__("session_ended", "The session has ended. Please log in again.")


class AttemptNotFound(NotFound):
    """Not the video's present attempt."""

    def __init__(self, attempt: int) -> None:
        super().__init__("result_not_found", f"Attempt {attempt} of the video has no result (any more).")


class TooManyRequests(Throttled):
    """More requests than this caller may make."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("rate_limited", "Too many requests. Please wait a moment.", retry_after_s)


class UploadsBusy(Unavailable):
    """As many uploads as this gateway carries, or as one user may have here at once."""

    def __init__(self) -> None:
        super().__init__("uploads_busy", "Too many uploads are under way at the moment.", retry_after_s=5)


class TooManyStreams(Throttled):
    """As many streams of changes as one user may have open."""

    def __init__(self, limit: int) -> None:
        super().__init__("too_many_streams", f"You may follow changes {limit} times at once, no more.", 5)


class GoingDown(Unavailable):
    """This process is about to stop; another one, or its successor, will answer."""

    def __init__(self) -> None:
        super().__init__("service_unavailable", "This server is being stopped. Please try again.")


class SessionNotFound(NotFound):
    """No such session, or an ended one, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("session_not_found", "There is no such session.")


class ShareNotFound(NotFound):
    """No share that is good: unknown, revoked, expired, or of a deleted video; never told which."""

    def __init__(self) -> None:
        super().__init__("share_not_found", "There is no such share.")


class VideoNotFound(NotFound):
    """No such video, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("video_not_found", "There is no such video.")


class FrameNotFound(NotFound):
    """No number of a frame."""

    def __init__(self) -> None:
        super().__init__("frame_not_found", "There is no such frame.")


class SpriteNotFound(NotFound):
    """No number of a sprite."""

    def __init__(self) -> None:
        super().__init__("sprite_not_found", "There is no such sprite.")


class ResultNotReady(Conflict):
    """The video has no frames to show yet."""

    def __init__(self) -> None:
        super().__init__("not_ready", "This video's frames are not ready.")


class StillUploading(Conflict):
    """Not all of the file is there."""

    def __init__(self) -> None:
        super().__init__("not_ready", "This video is still being uploaded.")


class SourceExpired(Gone):
    """The uploaded file was kept as long as promised."""

    def __init__(self) -> None:
        super().__init__("source_expired", "The uploaded file is no longer kept. Please upload the video again.")


class ResultExpired(Gone):
    """The frames were kept as long as promised."""

    def __init__(self) -> None:
        super().__init__("expired", "This video's frames have expired and are no longer kept.")


class CursorInvalid(Invalid):
    """Not a cursor that we gave."""

    def __init__(self) -> None:
        wrong = FieldError("cursor", "must be the next_cursor of an earlier answer")
        super().__init__("invalid_cursor", "The cursor is not one of ours.", [wrong])


class IdempotencyKeyInvalid(Invalid):
    """Not what a header of one text looks like."""

    def __init__(self, message: str) -> None:
        wrong = FieldError("Idempotency-Key", message)
        super().__init__("invalid_idempotency_key", f"The header Idempotency-Key {message}.", [wrong])


class BodyTooLarge(TooLarge):
    """A JSON body that no lawful request needs."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__("body_too_large", f"The request's body may have at most {limit_bytes} bytes.")


class FileTooLarge(TooLarge):
    """A file above the limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__("file_too_large", f"A video may have at most {limit_bytes} bytes.")
