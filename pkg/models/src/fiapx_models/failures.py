"""Why a video gives no frames: stable codes, and what a person is told in English and Portuguese."""

from dataclasses import dataclass
from enum import StrEnum

from fiapx_models.problems import DEFAULT_LANGUAGE, LANGUAGES, registry


class FailureCode(StrEnum):
    """Why an attempt ended without a result, or an upload without a file."""

    EMPTY = "empty"
    UNSUPPORTED_CONTAINER = "unsupported_container"
    UNSUPPORTED_CODEC = "unsupported_codec"
    NO_VIDEO = "no_video"
    NO_FRAMES = "no_frames"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    TOO_MANY_FRAMES = "too_many_frames"
    CROP_OUTSIDE = "crop_outside"
    TIMEOUT = "timeout"
    DECODER_CRASHED = "decoder_crashed"
    STORAGE = "storage"
    UPLOAD_EXPIRED = "upload_expired"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One sentence that says what happened, one that says what to do."""

    message: str
    hint: str


def explain(code: str, language: str = DEFAULT_LANGUAGE) -> Explanation:
    """What a person is told about a code; an unknown language gets English, an unknown code the words of `internal`."""
    told = registry().failures[code if is_known(code) else FailureCode.INTERNAL]
    spoken = language if language in LANGUAGES else DEFAULT_LANGUAGE
    return Explanation(told.meaning[spoken], told.action[spoken])


def is_known(code: str) -> bool:
    """Whether there are words for it."""
    return code in FailureCode.__members__.values()
