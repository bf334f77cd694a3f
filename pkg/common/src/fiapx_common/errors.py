"""The one error tree. Only the edges (grpc, http, messaging) translate it.

FiapxError
├── Refused        the caller's doing; the same request again gets the same answer: never retried
│   ├── Invalid            HTTP 422   gRPC INVALID_ARGUMENT      a field is wrong; `fields` says which and why
│   ├── Unauthenticated         401        UNAUTHENTICATED
│   ├── Denied                  403        PERMISSION_DENIED
│   ├── NotFound                404        NOT_FOUND            also: somebody else's
│   ├── Conflict                409        FAILED_PRECONDITION  not in this state
│   ├── Gone                    410        FAILED_PRECONDITION  was here, expired
│   ├── TooLarge                413        OUT_OF_RANGE
│   ├── Unsupported             415        INVALID_ARGUMENT     not this kind of file
│   └── Throttled               429        RESOURCE_EXHAUSTED   `retry_after_s` says when
└── Unavailable    somebody else is down or slow; trying again later may help
                                503        UNAVAILABLE
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One field that is wrong: its path ("options.sampling.fps"), and what would be right."""

    field: str
    message: str
    code: str = "invalid"


class FiapxError(Exception):
    """Something that did not work, told with a stable code and a sentence."""

    kind: ClassVar[str] = "error"

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Refused(FiapxError):
    """The caller's doing. Never retried."""

    kind = "refused"


class Invalid(Refused):
    """A field is wrong."""

    kind = "invalid"

    def __init__(self, code: str, detail: str, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(code, detail)
        self.fields = tuple(fields)


class Unauthenticated(Refused):
    """Nobody we know."""

    kind = "unauthenticated"


class Denied(Refused):
    """Known, but not allowed."""

    kind = "denied"


class NotFound(Refused):
    """Not there, or not the caller's."""

    kind = "not_found"


class Conflict(Refused):
    """Not possible in the present state."""

    kind = "conflict"


class PreconditionFailed(Refused):
    """Not what the caller has seen any more: somebody has changed it meanwhile."""

    kind = "precondition_failed"


class Gone(Refused):
    """Was there, and has expired."""

    kind = "gone"


class TooLarge(Refused):
    """More than is accepted."""

    kind = "too_large"


class Unsupported(Refused):
    """Not a kind of content that is accepted."""

    kind = "unsupported"


class Throttled(Refused):
    """Too often; again after `retry_after_s`."""

    kind = "throttled"

    def __init__(self, code: str, detail: str, retry_after_s: float) -> None:
        super().__init__(code, detail)
        self.retry_after_s = retry_after_s


class Unavailable(FiapxError):
    """Something needed is down or slow. May be tried again after `retry_after_s`."""

    kind = "unavailable"

    def __init__(self, code: str, detail: str, retry_after_s: float = 2.0) -> None:
        super().__init__(code, detail)
        self.retry_after_s = retry_after_s
