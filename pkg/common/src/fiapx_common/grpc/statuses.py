"""The error tree as gRPC statuses with google.rpc details, and back."""

from collections.abc import Sequence
from typing import Final

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from fiapx_common import errors
from fiapx_common.errors import FiapxError, FieldError

_DOMAIN: Final = "fiapx"
_FIELDS_BYTES: Final = 4096
"""Of all fields together: gRPC drops an answer whose metadata have more than 8 KiB, and with it what was wrong."""
_PATH_CHARACTERS: Final = 100
_SENTENCE_CHARACTERS: Final = 500

_CODES: Final[dict[str, grpc.StatusCode]] = {
    "invalid": grpc.StatusCode.INVALID_ARGUMENT,
    "unauthenticated": grpc.StatusCode.UNAUTHENTICATED,
    "denied": grpc.StatusCode.PERMISSION_DENIED,
    "not_found": grpc.StatusCode.NOT_FOUND,
    "conflict": grpc.StatusCode.FAILED_PRECONDITION,
    "precondition_failed": grpc.StatusCode.FAILED_PRECONDITION,
    "gone": grpc.StatusCode.FAILED_PRECONDITION,
    "too_large": grpc.StatusCode.OUT_OF_RANGE,
    "unsupported": grpc.StatusCode.INVALID_ARGUMENT,
    "throttled": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "unavailable": grpc.StatusCode.UNAVAILABLE,
}

_PLAIN: Final[dict[str, type[FiapxError]]] = {
    error.kind: error
    for error in (
        errors.Unauthenticated,
        errors.Denied,
        errors.NotFound,
        errors.Conflict,
        errors.PreconditionFailed,
        errors.Gone,
        errors.TooLarge,
        errors.Unsupported,
    )
}

_PASSING: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        # Of a server that goes down with the call under way; our own cancelling shows as asyncio's CancelledError.
        grpc.StatusCode.CANCELLED,
        # Of a server that does not know the call yet: an older one, while a new version is being rolled out.
        grpc.StatusCode.UNIMPLEMENTED,
    }
)


def to_status(error: FiapxError) -> grpc.Status:
    """An error as a status: `ErrorInfo` carries its kind and code, `BadRequest` its fields."""
    info = error_details_pb2.ErrorInfo(reason=error.code, domain=_DOMAIN, metadata={"kind": error.kind})
    status = status_pb2.Status(code=_CODES[error.kind].value[0], message=error.detail)
    if isinstance(error, errors.Throttled | errors.Unavailable):
        info.metadata["retry_after_s"] = repr(error.retry_after_s)
    status.details.add().Pack(info)
    if isinstance(error, errors.Invalid) and error.fields:
        status.details.add().Pack(_bad_request(error.fields))
    rich: grpc.Status = rpc_status.to_status(status)
    return rich


def _bad_request(fields: Sequence[FieldError]) -> error_details_pb2.BadRequest:
    """As many of the fields as have room, one at least: whoever mends these asks again."""
    bad = error_details_pb2.BadRequest()
    for one in fields:
        told = bad.field_violations.add(
            field=_cut(one.field, _PATH_CHARACTERS),
            description=_cut(one.message, _SENTENCE_CHARACTERS),
            reason=one.code,
        )
        if len(bad.field_violations) > 1 and bad.ByteSize() > _FIELDS_BYTES:
            bad.field_violations.remove(told)
            break
    return bad


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def from_rpc_error(error: grpc.aio.AioRpcError, callee: str) -> Exception:
    """The error that the callee raised; a callee that can't be reached is `Unavailable`; else the RPC error itself."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            told = _from_details(status_pb2.Status.FromString(value))
            if told is not None:
                return told
    if error.code() in _PASSING:
        return errors.Unavailable("service_unavailable", f"The {callee} service does not answer at the moment.")
    return error


def _from_details(status: status_pb2.Status) -> FiapxError | None:
    info = error_details_pb2.ErrorInfo()
    bad = error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad)
    if info.domain != _DOMAIN:
        return None
    kind = info.metadata["kind"]
    retry_after_s = float(info.metadata.get("retry_after_s", "1"))
    match kind:
        case "invalid":
            fields = [FieldError(one.field, one.description, one.reason) for one in bad.field_violations]
            return errors.Invalid(info.reason, status.message, fields)
        case "throttled":
            return errors.Throttled(info.reason, status.message, retry_after_s)
        case "unavailable":
            return errors.Unavailable(info.reason, status.message, retry_after_s)
        case _:
            return _PLAIN[kind](info.reason, status.message)
