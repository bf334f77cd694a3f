"""A user's options as the engine's request."""

from collections.abc import Mapping
from typing import Any, Final

from fiapx_models.options import Options
from fiapx_models.sampling import Sampling

from fiapx_engine.sampling import ExtractionRequest

_OWN_FIELDS: Final[Mapping[tuple[str, str], str]] = {
    ("fps", "fps"): "fps",
    ("ffmpeg_fps", "fps"): "fps",
    ("interval", "seconds"): "interval_s",
    ("every", "frames"): "step",
    ("count", "frames"): "count",
    ("timestamps", "seconds"): "timestamps_s",
    ("frames", "frames"): "numbers",
    ("scenes", "threshold"): "threshold",
}


def request_of(options: Options) -> ExtractionRequest:
    return ExtractionRequest(
        rule=options.sampling.rule,
        start_s=options.range.start_s,
        end_s=options.range.end_s,
        max_frames=options.max_frames,
        name_template=options.name_template,
        format=options.format,
        quality=options.quality_used,
        width=options.width,
        height=options.height,
        deinterlace=options.deinterlace == "auto",
        tone_map=options.tone_map,
        tolerance_s=options.tolerance_s,
        keep_damaged=options.on_damage == "keep",
        scored=options.scored,
        rotate=options.rotate == "auto",
        crop=None if (crop := options.crop) is None else (crop.x, crop.y, crop.width, crop.height),
        **_own(options.sampling),
    )


def _own(sampling: Sampling) -> dict[str, Any]:
    """What belongs to the rule, under the request's names."""
    return {_OWN_FIELDS[sampling.rule, name]: value for name, value in sampling if name != "rule"}
