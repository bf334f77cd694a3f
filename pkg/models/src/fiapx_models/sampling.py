"""The rules that say which frames are wanted (CONTRACT, section 3)."""

from fractions import Fraction
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from fiapx_models.exact import Exact
from fiapx_models.lawful import Listed, Strict, Whole, Within

FRAMES_PER_JOB: Final = 100_000
LIST_LENGTH: Final = 10_000
"""Of instants or frame numbers that are asked for one by one."""
_LAST_FRAME: Final = 2**31 - 1
_DAY_S: Final = Fraction(86_400)
_TEN_THOUSAND_HOURS_S: Final = Fraction(36_000_000)
_THOUSANDTH: Final = Fraction(1, 1000)

Fps = Annotated[Exact, AfterValidator(Within(_THOUSANDTH, Fraction(1000), "frames a second"))]
Instant = Annotated[Exact, AfterValidator(Within(Fraction(0), _TEN_THOUSAND_HOURS_S, "seconds"))]
Seconds = Annotated[Exact, AfterValidator(Within(_THOUSANDTH, _DAY_S, "seconds"))]
Threshold = Annotated[Exact, AfterValidator(Within(Fraction(0), Fraction(1)))]
Tolerance = Annotated[Exact, AfterValidator(Within(Fraction(0), Fraction(3600), "seconds"))]


class FpsSampling(Strict):
    """The frame on screen at 0, 1/fps, 2/fps … seconds of the range."""

    rule: Literal["fps"] = "fps"
    fps: Fps = Field(Fraction(1), description="0.001 to 1000 frames a second", examples=[1, 0.3, "30000/1001"])


class IntervalSampling(Strict):
    """The frame on screen every so many seconds of the range."""

    rule: Literal["interval"]
    seconds: Seconds = Field(description="0.001 to 86400", examples=[10, 2.5, "00:01:00"])


class EverySampling(Strict):
    """Each n-th frame of the range, from its first on."""

    rule: Literal["every"]
    frames: Annotated[int, Whole(1, FRAMES_PER_JOB)] = Field(examples=[25])


class CountSampling(Strict):
    """So many frames, evenly spaced over the range: on screen at start + k · length ÷ frames."""

    rule: Literal["count"]
    frames: Annotated[int, Whole(1, FRAMES_PER_JOB)] = Field(examples=[12])


class TimestampsSampling(Strict):
    """The frames on screen at these seconds from the first frame."""

    rule: Literal["timestamps"]
    seconds: Annotated[tuple[Instant, ...], Listed(LIST_LENGTH)] = Field(
        examples=[[0, 12.5, "00:01:02.500", "1001/30"]]
    )


class FramesSampling(Strict):
    """The frames with these numbers, from 0 in presentation order."""

    rule: Literal["frames"]
    frames: Annotated[tuple[Annotated[int, Whole(0, _LAST_FRAME)], ...], Listed(LIST_LENGTH)] = Field(
        examples=[[0, 250, 500]]
    )


class KeyframesSampling(Strict):
    """All keyframes of the range: they cost next to nothing to decode."""

    rule: Literal["keyframes"]


class ScenesSampling(Strict):
    """The first frame of each scene: the range's first, and each whose ffmpeg scene score is above the threshold.

    The whole range is decoded to find them, before the first frame is made.
    """

    rule: Literal["scenes"]
    threshold: Threshold = Field(Fraction(3, 10), description="0 to 1; the lower, the more scenes", examples=[0.3])


class FfmpegFpsSampling(Strict):
    """The same frames as `ffmpeg -vf fps=N`; of a range, as `trim,setpts=PTS-STARTPTS,fps=N`."""

    rule: Literal["ffmpeg_fps"] = "ffmpeg_fps"
    fps: Fps = Field(Fraction(1), description="0.001 to 1000 frames a second", examples=[1])


_Rule = (
    FpsSampling
    | IntervalSampling
    | EverySampling
    | CountSampling
    | TimestampsSampling
    | FramesSampling
    | KeyframesSampling
    | ScenesSampling
    | FfmpegFpsSampling
)
RULES: Final[tuple[str, ...]] = tuple(get_args(rule.model_fields["rule"].annotation)[0] for rule in get_args(_Rule))
INSTANT_RULES: Final = ("fps", "interval", "count", "timestamps")
"""Those that name instants."""


def _with_known_rule(value: object) -> object:
    if not isinstance(value, Strict) and (not isinstance(value, dict) or value.get("rule") not in RULES):
        raise ValueError(f"must be an object whose rule is one of {', '.join(RULES)}")
    return value


Sampling = Annotated[_Rule, Field(discriminator="rule"), BeforeValidator(_with_known_rule)]
