"""What a user may ask for: the options of one extraction (CONTRACT, section 3, as far as it is built)."""

import json
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from fiapx_models.lawful import Strict, Whole, true_or_false
from fiapx_models.name_template import Template
from fiapx_models.qualities import QUALITIES
from fiapx_models.sampling import FRAMES_PER_JOB, INSTANT_RULES, FpsSampling, Instant, Sampling, Tolerance

LONGEST_SIDE: Final = 8192
"""Of a picture, in pixels."""

_MOST_FIELDS: Final = 100

LEGACY: dict[str, object] = {
    "sampling": {"rule": "ffmpeg_fps", "fps": 1},
    "format": "png",
    "name_template": "frame_{index:4}",
}
"""The old monolith: `ffmpeg -vf fps=1`, PNG, `frame_0001.png`."""

EXAMPLE_JSON: Final = '{"preset": "legacy"}'
"""For whoever wrote no JSON."""

EXAMPLES: Final[dict[str, object]] = {
    "one frame a second": {"sampling": {"rule": "fps", "fps": 1}},
    "a frame every ten seconds, as JPEG": {
        "sampling": {"rule": "interval", "seconds": 10},
        "format": "jpeg",
        "quality": 85,
    },
    "each 25th frame of a minute": {
        "sampling": {"rule": "every", "frames": 25},
        "range": {"start_s": "00:01:00", "end_s": "00:02:00"},
    },
    "twelve frames, evenly spaced": {"sampling": {"rule": "count", "frames": 12}},
    "the frames at these times": {"sampling": {"rule": "timestamps", "seconds": [0, 12.5, "00:01:02.500"]}},
    "the frames with these numbers": {"sampling": {"rule": "frames", "frames": [0, 250, 500]}},
    "the first hundred keyframes": {"sampling": {"rule": "keyframes"}, "max_frames": 100},
    "the first frame of each scene": {"sampling": {"rule": "scenes", "threshold": 0.3}},
    "as ffmpeg's fps filter": {"sampling": {"rule": "ffmpeg_fps", "fps": "30000/1001"}},
    "small JPEGs, at most 640 pixels wide": {"format": "jpeg", "width": 640},
    "the middle of a full HD picture": {"crop": {"x": 480, "y": 270, "width": 960, "height": 540}, "height": 360},
    "frames as they are stored": {"rotate": "off"},
    "fields and HDR as they are": {"deinterlace": "off", "tone_map": "off"},
    "about a frame a minute, whichever is cheapest": {
        "sampling": {"rule": "interval", "seconds": 60},
        "tolerance_s": 2,
    },
    "how sharp, how black and how frozen each frame is": {"scores": True},
    "one frame of each still picture, as in recorded slides": {"dedup": {"threshold": 4}},
    "what is left of a damaged video": {"on_damage": "keep"},
    "the old monolith": "legacy",
}
"""What may be asked for, for whoever documents it."""


class Range(Strict):
    """The part of the video that is looked at, in seconds from the first frame; the end is exclusive."""

    start_s: Instant = Field(Fraction(0), examples=[0, "00:01:00"])
    end_s: Instant | None = Field(None, examples=[90, "00:01:30.5"])

    @field_validator("end_s")
    @classmethod
    def _ends_after_it_starts(cls, value: Fraction | None, info: ValidationInfo) -> Fraction | None:
        if value is not None and value <= info.data.get("start_s", value - 1):
            raise ValueError("must be later than start_s")
        return value


class Crop(Strict):
    """A part of the picture as it is shown (`rotate`), in pixels from its top left corner."""

    x: Annotated[int, Whole(0, LONGEST_SIDE - 1)] = Field(0, examples=[320])
    y: Annotated[int, Whole(0, LONGEST_SIDE - 1)] = Field(0, examples=[180])
    width: Annotated[int, Whole(1, LONGEST_SIDE)] = Field(examples=[1280])
    height: Annotated[int, Whole(1, LONGEST_SIDE)] = Field(examples=[720])


class Dedup(Strict):
    """Frames nearly equal to the last kept one are dropped; the others keep their numbers."""

    threshold: Annotated[int, Whole(0, 64)] = Field(
        description="0 to 64: by how many of its 64 bits a frame's difference hash may differ, to be dropped",
        examples=[4],
    )


class Options(Strict):
    """One extraction's options, with the product's defaults."""

    sampling: Sampling = Field(FpsSampling(), description="Which frames are wanted")
    range: Range = Field(Range(), description="The part of the video that is looked at")
    max_frames: Annotated[int, Whole(1, FRAMES_PER_JOB)] | None = Field(
        None, description="Keeps the first so many", examples=[500]
    )
    format: Literal["png", "jpeg", "webp"] = Field("png", examples=["jpeg"])
    quality: Annotated[int, Whole(1, 100)] | None = Field(
        None, description="1 to 100; null means 90 for jpeg and 80 for webp, and png has none", examples=[85]
    )
    width: Annotated[int, Whole(1, LONGEST_SIDE)] | None = Field(
        None, description="At most so wide; the aspect ratio stays, nothing is enlarged", examples=[640]
    )
    height: Annotated[int, Whole(1, LONGEST_SIDE)] | None = Field(
        None, description="At most so high; the aspect ratio stays, nothing is enlarged", examples=[360]
    )
    rotate: Literal["auto", "off"] = Field(
        "auto", description="auto shows frames as players do; off leaves them as they are stored", examples=["off"]
    )
    tone_map: Literal["auto", "off"] = Field(
        "auto", description="auto makes SDR of HDR for 8-bit images; off leaves it", examples=["off"]
    )
    deinterlace: Literal["auto", "off"] = Field(
        "auto", description="auto deinterlaces what is interlaced; off leaves it", examples=["off"]
    )
    crop: Crop | None = Field(None, description="Only this part of the picture, cut out before it is fitted")
    tolerance_s: Tolerance = Field(
        Fraction(0),
        description="Any frame within so many seconds of an instant may stand for it: cheaper, and its time is told",
        examples=[0.5, "1/25"],
    )
    scores: Annotated[bool, BeforeValidator(true_or_false)] = Field(
        False,
        description="Tells of each frame sharpness, share of black, likeness to the frame before, and difference hash",
        examples=[True],
    )
    dedup: Dedup | None = Field(None, description="Drops frames nearly equal to the last kept one; tells scores, too")
    name_template: Template = Field(
        "frame_{index}_{time}",
        description="Letters, digits, `._-` and the fields {index}, {time} and {pts}; {index} first",
        examples=["shot_{index}_{pts}"],
    )
    on_damage: Literal["fail", "keep"] = Field(
        "fail",
        description="fail where a wanted frame is damaged; keep what decodes, and warn of the damaged parts",
        examples=["keep"],
    )

    @model_validator(mode="before")
    @classmethod
    def _expand_preset(cls, value: object) -> object:
        if value == "legacy":
            return LEGACY
        if isinstance(value, str):
            raise ValueError('must be an object or the name of a preset, of which there is one: "legacy"')
        if not isinstance(value, dict) or "preset" not in value:
            return value
        if value["preset"] != "legacy":
            raise ValueError('preset must be "legacy", the only one')
        return {**LEGACY, **{name: given for name, given in value.items() if name != "preset"}}

    @field_validator("tolerance_s")
    @classmethod
    def _belongs_to_instants(cls, value: Fraction, info: ValidationInfo) -> Fraction:
        sampling = info.data.get("sampling")
        if value and sampling is not None and sampling.rule not in INSTANT_RULES:
            raise ValueError(f"must be 0 for the rule {sampling.rule}; it belongs to {', '.join(INSTANT_RULES)}")
        return value

    @field_validator("quality")
    @classmethod
    def _belongs_to_lossy_formats(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and info.data.get("format") == "png":
            raise ValueError("must be null for png, which loses nothing")
        return value

    @property
    def quality_used(self) -> int | None:
        """The one asked for, or the format's own; None: the format has none."""
        return QUALITIES.get(self.format) if self.quality is None else self.quality

    @property
    def scored(self) -> bool:
        """Whether each frame's scores are found, and told."""
        return self.scores or self.dedup is not None

    @property
    def dedup_threshold(self) -> int | None:
        """In bits of 64; None: nothing is dropped."""
        return None if self.dedup is None else self.dedup.threshold

    def canonical_json(self) -> str:
        """The same text for the same wishes, however they were written: sorted keys, exact numbers, all defaults."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))


def read_options(text: str | bytes) -> Options:
    """Options from JSON text, its numbers taken as the decimals that they are; empty text means the defaults.

    Raises:
        ValueError: not JSON (NaN and Infinity are not), nested too deeply, with an object of very many fields or a
            number beyond all measure, or (pydantic's ValidationError) not lawful.
    """
    if not text.strip():
        return Options()
    try:
        value = json.loads(
            text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_object_of_few_fields
        )
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    except InvalidOperation as error:
        raise ValueError("has a number beyond all measure") from error
    return Options.model_validate(value)


def as_written(path: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Pydantic's path to a value as the user wrote it: it puts the rule's name behind `sampling`."""
    return (*path[:1], *path[2:]) if path[:1] == ("sampling",) else path


def _object_of_few_fields(fields: list[tuple[str, object]]) -> dict[str, object]:
    """Telling of each of thousands of unknown ones would cost more than reading them."""
    if len(fields) > _MOST_FIELDS:
        raise ValueError(f"has an object of more than {_MOST_FIELDS} fields")
    return dict(fields)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")
