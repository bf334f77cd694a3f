"""Estimates as messages."""

from fiapx_common.errors import FieldError, Invalid
from fiapx_models.media import Media
from fiapx_proto.processing.v1 import processing_pb2
from pydantic import ValidationError

from processing_service.services.estimating import Answer


def media_told(text: str) -> Media:
    """A video's facts. Raises Invalid."""
    try:
        media = Media.model_validate_json(text)
    except ValidationError as error:
        raise _invalid() from error
    if min(media.duration_s, media.width, media.height, media.fps) <= 0:
        raise _invalid()
    return media


def _invalid() -> Invalid:
    fields = [FieldError("media", "must be a video's facts, as a video tells them")]
    return Invalid("invalid_request", "The request is not valid.", fields)


def estimate_message(answer: Answer) -> processing_pb2.EstimateResponse:
    """The same answer."""
    told, prospect = answer.estimate, answer.estimate.prospect
    return processing_pb2.EstimateResponse(
        frames=prospect.frames,
        frames_exact=prospect.is_exact,
        bytes=told.size_bytes,
        bytes_measured=told.is_size_measured,
        seconds=told.seconds,
        seconds_measured=told.is_time_measured,
        width=prospect.width,
        height=prospect.height,
        warnings=[processing_pb2.PlanWarning(code=one.code, message=one.message) for one in prospect.warnings],
        instants=[
            processing_pb2.PlannedInstant(index=index, time_s=f"{time_s:.6f}") for index, time_s in answer.instants
        ],
        more=answer.more,
    )
