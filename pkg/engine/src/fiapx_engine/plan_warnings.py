"""What a user should know of a result that is good all the same."""

from dataclasses import dataclass
from enum import StrEnum

from fiapx_models.problems import registry


class WarningCode(StrEnum):
    MAX_FRAMES_REACHED = "max_frames_reached"
    RANGE_BEYOND_END = "range_beyond_end"
    RANGE_WITHOUT_FRAME = "range_without_frame"
    FIRST_FRAME_ONLY = "first_frame_only"
    BEYOND_END = "beyond_end"
    NEAREST_FRAME_ONLY = "nearest_frame_only"
    CROP_CUT = "crop_cut"
    NOT_TONE_MAPPED = "not_tone_mapped"
    CUT_OFF = "cut_off"
    DAMAGED = "damaged"
    DEDUPLICATED = "deduplicated"


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """A stable code and its sentence by language tag."""

    code: WarningCode
    message: dict[str, str]


def warning(code: WarningCode, **figures: float) -> PlanWarning:
    """The warning with its sentence's figures: `count`, `kept`, `beyond`, `start_s`, `end_s`, `dropped`."""
    texts = registry().warnings[code].meaning
    return PlanWarning(code, {language: text.format(**figures) for language, text in texts.items()})
