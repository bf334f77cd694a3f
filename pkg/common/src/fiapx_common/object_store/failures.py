"""A store's errors in our error tree."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError

from fiapx_common.errors import FiapxError, Invalid, NotFound, Refused, Unavailable


class ObjectNotFound(NotFound):
    """No object of this key."""

    def __init__(self, key: str) -> None:
        super().__init__("object_not_found", f"There is no object {key}.")


class UploadNotFound(NotFound):
    """No such multipart upload: completed, aborted or never begun."""

    def __init__(self, key: str) -> None:
        super().__init__("multipart_not_found", f"There is no such multipart upload of {key}.")


class PartsRefused(Invalid):
    """The parts named are not what the store has, are out of order or too small."""

    def __init__(self, key: str) -> None:
        super().__init__("invalid_parts", f"The parts named for {key} are not the store's, or one is below 5 MiB.")


class RangeNotSatisfiable(Invalid):
    """A range that begins behind the object's end."""

    def __init__(self, key: str) -> None:
        super().__init__("range_not_satisfiable", f"The object {key} ends before this range.")


class StoreUnavailable(Unavailable):
    """The store is down, slow, or answers nonsense."""

    def __init__(self, why: str) -> None:
        super().__init__("store_unavailable", f"The object store does not answer as it should: {why}")


class StoreFull(Unavailable):
    """No room left; not better in two seconds."""

    def __init__(self) -> None:
        super().__init__("store_full", "The object store has no room left.", retry_after_s=60)


class StoreRefused(Unavailable):
    """The store does not want us: wrong credentials, policy, bucket or clock. An operator's matter."""

    def __init__(self, code: str) -> None:
        super().__init__("store_refused", f"The object store refused the request: {code}.", retry_after_s=30)


_UNAVAILABLE: dict[str, Callable[[], Unavailable]] = {
    **dict.fromkeys(
        ("XMinioStorageFull", "InsufficientStorage", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded"), StoreFull
    ),
    **{
        code: partial(StoreUnavailable, code)
        for code in (
            "SlowDown",
            "SlowDownRead",
            "SlowDownWrite",
            "ServiceUnavailable",
            "InternalError",
            "RequestTimeout",
        )
    },
}
_REFUSED: dict[str, Callable[[str], Refused]] = {
    **dict.fromkeys(("NoSuchKey", "NoSuchVersion"), ObjectNotFound),
    "NoSuchUpload": UploadNotFound,
    "InvalidRange": RangeNotSatisfiable,
    **dict.fromkeys(("InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"), PartsRefused),
}


def failure(code: str, key: str) -> FiapxError:
    """An S3 error code in our words."""
    if code in _REFUSED:
        return _REFUSED[code](key)
    return _UNAVAILABLE.get(code, partial(StoreRefused, code))()


@contextmanager
def failures_translated(key: str) -> Iterator[None]:
    """Raises our errors for minio's, urllib3's and the socket's."""
    try:
        yield
    except S3Error as error:
        raise failure(error.code or "unknown", key) from error
    except ServerError as error:
        raise StoreUnavailable(f"HTTP status {error.status_code}") from error
    except InvalidResponseError as error:
        raise StoreUnavailable("an answer that is not S3's") from error
    except (MinioException, HTTPError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
