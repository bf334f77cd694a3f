"""What a user may ask for: the options of one extraction (CONTRACT, section 3, as far as it is built)."""

import json
import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from fiapx_models.exact import Exact

FPS_LOWEST = Fraction(1, 1000)
FPS_HIGHEST = Fraction(1000)
FRAMES_PER_JOB = 100_000
QUALITIES: Final = {"jpeg": 90, "webp": 80}
"""Where none is asked for."""
_TEMPLATE_LENGTH = 100
_FIELD = re.compile(r"\{([^{}]*)\}")
_TEMPLATE_FIELDS = re.compile(r"index(?::\d)?|time|pts")
_LITERAL = re.compile(r"[A-Za-z0-9._-]*")

LEGACY: dict[str, object] = {
    "sampling": {"rule": "ffmpeg_fps", "fps": 1},
    "format": "png",
    "name_template": "frame_{index:4}",
}
"""The old monolith: `ffmpeg -vf fps=1`, PNG, `frame_0001.png`."""


def _lawful_fps(value: Fraction) -> Fraction:
    if not FPS_LOWEST <= value <= FPS_HIGHEST:
        raise ValueError("must be from 0.001 to 1000 frames a second")
    return value


def _lawful_instant(value: Fraction) -> Fraction:
    if value < 0:
        raise ValueError("must be 0 seconds or later")
    return value


def _lawful_template(value: str) -> str:
    if not 1 <= len(value) <= _TEMPLATE_LENGTH:
        raise ValueError(f"must have 1 to {_TEMPLATE_LENGTH} characters")
    fields = _FIELD.findall(value)
    if not all(_TEMPLATE_FIELDS.fullmatch(field) for field in fields):
        raise ValueError("knows the fields {index}, {time} and {pts} only")
    if not fields or not fields[0].startswith("index") or sum(field.startswith("index") for field in fields) > 1:
        raise ValueError("must have {index} once and as its first field, since names sort in time order")
    if not _LITERAL.fullmatch(_FIELD.sub("", value)):
        raise ValueError("may hold letters, digits, dots, underscores and hyphens besides its fields")
    if value.startswith("."):
        raise ValueError("must not begin with a dot")
    return value


Fps = Annotated[Exact, AfterValidator(_lawful_fps)]
Instant = Annotated[Exact, AfterValidator(_lawful_instant)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FpsSampling(_Strict):
    """The frame on screen at 0, 1/fps, 2/fps … seconds."""

    rule: Literal["fps"] = "fps"
    fps: Fps = Fraction(1)


class FfmpegFpsSampling(_Strict):
    """The same frames as `ffmpeg -vf fps=N`."""

    rule: Literal["ffmpeg_fps"] = "ffmpeg_fps"
    fps: Fps = Fraction(1)


Sampling = Annotated[FpsSampling | FfmpegFpsSampling, Field(discriminator="rule")]


class Range(_Strict):
    """The part of the video that is looked at, in seconds from the first frame; the end is exclusive."""

    start_s: Instant = Fraction(0)
    end_s: Instant | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError("end_s must be later than start_s")
        return self


class Options(_Strict):
    """One extraction's options, with the product's defaults."""

    sampling: Sampling = FpsSampling()
    range: Range = Range()
    max_frames: Annotated[int, Field(strict=True, ge=1, le=FRAMES_PER_JOB)] | None = None
    format: Literal["png", "jpeg", "webp"] = "png"
    quality: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None
    name_template: Annotated[str, AfterValidator(_lawful_template)] = "frame_{index}_{time}"
    on_damage: Literal["fail"] = "fail"

    @model_validator(mode="after")
    def _quality_belongs_to_lossy_formats(self) -> Self:
        if self.format == "png" and self.quality is not None:
            raise ValueError("quality must be null for png, which loses nothing")
        return self

    @property
    def quality_used(self) -> int | None:
        """The one asked for, or the format's own; None: the format has none."""
        return QUALITIES.get(self.format) if self.quality is None else self.quality

    @model_validator(mode="before")
    @classmethod
    def _expand_preset(cls, value: object) -> object:
        if value == "legacy":
            return LEGACY
        if isinstance(value, dict) and value.get("preset") == "legacy":
            return {**LEGACY, **{name: given for name, given in value.items() if name != "preset"}}
        return value

    def canonical_json(self) -> str:
        """The same text for the same wishes, however they were written: sorted keys, exact numbers, all defaults."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))


def read_options(text: str | bytes) -> Options:
    """Options from JSON text, its numbers taken as the decimals that they are; empty text means the defaults.

    Raises:
        ValueError: not JSON (NaN and Infinity are not), nested too deeply, or (pydantic's ValidationError) not lawful.
    """
    if not text.strip():
        return Options()
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    return Options.model_validate(value)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")
