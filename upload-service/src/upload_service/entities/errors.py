"""What this service refuses, as sentences."""

from collections.abc import Sequence
from typing import Final

from fiapx_common.errors import Conflict, FieldError, Gone, Invalid, NotFound, TooLarge, Unavailable, Unsupported
from fiapx_models.statuses import VideoStatus

_KIBI: Final = 1024
_NAMED: Final = 20


class VideoNotFound(NotFound):
    """Not there, deleted, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("video_not_found", "There is no such video.")


class VideoNotCancellable(Conflict):
    """Its attempt has ended already."""

    def __init__(self, status: VideoStatus) -> None:
        super().__init__("not_cancellable", f"The video is {status} already; there is nothing left to cancel.")


class VideoNotRetryable(Conflict):
    """Only an attempt that gave no result is tried again."""

    def __init__(self, status: VideoStatus) -> None:
        super().__init__(
            "not_retryable", f"The video is {status}; only a failed or cancelled video can be tried again."
        )


class VideoNotReprocessable(Conflict):
    """Its present attempt has not ended."""

    def __init__(self, status: VideoStatus) -> None:
        super().__init__(
            "not_reprocessable",
            f"The video is {status}; please wait until it has ended, or cancel it, and ask again.",
        )


class SourceExpired(Gone):
    """The uploaded file is no longer kept."""

    def __init__(self) -> None:
        super().__init__("source_expired", "The uploaded file is no longer kept. Please upload the video again.")


class ArchiveNotReady(Conflict):
    """No archive yet, or none at all."""

    def __init__(self, status: VideoStatus) -> None:
        super().__init__("not_ready", f"The video is {status}; its frames are not ready.")


class ArchiveExpired(Gone):
    """The archive is no longer kept."""

    def __init__(self) -> None:
        super().__init__("expired", "The frames are no longer kept. Please upload the video again.")


class ShareNotFound(NotFound):
    """Not there, expired, or of somebody else's video."""

    def __init__(self) -> None:
        super().__init__("share_not_found", "There is no such share.")


class TooManyShares(Conflict):
    """The video has as many links as one may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            "too_many_shares", f"The video has {limit} shares, the most there may be. Please revoke one first."
        )


class AccountErased(Gone):
    """Its user is no more."""

    def __init__(self) -> None:
        super().__init__("account_erased", "The account was erased.")


class FileTooLarge(TooLarge):
    """Above the limit of one file."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__("file_too_large", f"The file is larger than {in_units(limit_bytes)}, the most accepted.")


class StorageQuotaExceeded(TooLarge):
    """The user's videos and archives would be more than a user may keep."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            "storage_quota_exceeded",
            f"Your videos and frames would take more than {in_units(limit_bytes)}. Please delete some videos first.",
        )


class VideoQuotaExceeded(Conflict):
    """The user has as many videos as a user may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            "video_quota_exceeded", f"You have {limit:,} videos, the most allowed. Please delete some first."
        )


class FileEmpty(Invalid):
    """Not a single byte."""

    def __init__(self) -> None:
        super().__init__("empty_file", "The file is empty.", [FieldError("video", "is empty")])


class UnsupportedContainer(Unsupported):
    """Not a kind of file that holds a video for us."""

    def __init__(self, what_it_is: str) -> None:
        super().__init__(
            "unsupported_container",
            f"{what_it_is} Accepted are MP4, MOV, MKV, WebM, AVI, MPEG-TS, MPEG-PS, FLV, WMV and Ogg videos.",
        )


class UploadIncomplete(Invalid):
    """The stream ended before the client said that this was all."""

    def __init__(self) -> None:
        super().__init__("incomplete_upload", "The upload ended before the whole file had arrived.")


class UploadTooSlow(Invalid):
    """Nothing came for too long, or all of it took too long."""

    def __init__(self, what: str) -> None:
        super().__init__("upload_too_slow", f"The upload was given up: {what}.")


class UploadsBusy(Unavailable):
    """As many streams as this process may carry, for longer than a client should wait."""

    def __init__(self) -> None:
        super().__init__("uploads_busy", "Too many uploads are under way at the moment.", retry_after_s=5)


class UploadNotFound(NotFound):
    """No upload that its client sends to the store by itself, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("upload_not_found", "There is no such upload.")


class UploadCompleted(Conflict):
    """Nothing is left to send."""

    def __init__(self) -> None:
        super().__init__("upload_completed", "The upload is complete already.")


class UploadEnded(Conflict):
    """Given up before the file was whole."""

    def __init__(self, status: VideoStatus) -> None:
        super().__init__("upload_ended", f"The upload has ended: the video is {status}.")


class UploadExpired(Gone):
    """The file was not whole in time, or the store has dropped its parts."""

    def __init__(self) -> None:
        super().__init__("upload_expired", "The upload was not finished in time. Please begin a new one.")


class UploadPartsMissing(Conflict):
    """The store does not have all parts."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__("upload_incomplete", f"Parts are missing: {_listed(numbers)}. Please send them.")


class UploadPartsOfWrongSize(Conflict):
    """Parts that can't be those of the file declared."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(
            "part_size_mismatch",
            f"Parts have another size than they must have: {_listed(numbers)}. Please send them again.",
        )


class PartsDiffer(Conflict):
    """The client speaks of other parts than the store has."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(
            "part_etag_mismatch",
            f"Parts in the store have another ETag than you told: {_listed(numbers)}. Please send them again.",
        )


class IdempotencyKeyInUse(Conflict):
    """Another try of the request has not ended, or has only just died."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_key_in_use",
            "A request with this Idempotency-Key is still under way. Please send this one again in some seconds.",
        )


def _listed(numbers: Sequence[int]) -> str:
    more = len(numbers) - _NAMED
    return ", ".join(map(str, numbers[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def in_units(size_bytes: int) -> str:
    """Bytes as a person reads them: "20 GiB"."""
    size = float(size_bytes)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < _KIBI:
            return f"{size:.4g} {unit}"
        size /= _KIBI
    return f"{size:.4g} TiB"
