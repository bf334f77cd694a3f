"""What a job's manifest says besides the frames."""

import json
from fractions import Fraction
from typing import Any

from fiapx_engine.manifest import Description

from processing_service.entities.job import Job


def description_of(job: Job) -> Description:
    """Of a job that has been planned."""
    request, options = job.request, json.loads(job.request.options_json)
    video = {
        "id": str(job.key.video_id),
        "filename": request.filename,
        "external_id": request.external_id,
        "metadata": None if request.metadata_json is None else json.loads(request.metadata_json),
        "media": None if job.media is None else job.media.model_dump(mode="json"),
        "creation_time": job.creation_time,
        "timecode": job.timecode,
    }
    return Description(
        video=video,
        options=options,
        warnings=[warned.model_dump(mode="json") for warned in job.warnings],
        time_base=Fraction(job.time_base),
        picture=None if job.picture is None else dict(job.picture),
        scored=_is_scored(options),
    )


def is_scored(job: Job) -> bool:
    """Whether its frames have scores."""
    return _is_scored(json.loads(job.request.options_json))


def dedup_threshold(job: Job) -> int | None:
    """How many bits of 64 may differ in a double; None: nothing is dropped."""
    dedup = json.loads(job.request.options_json).get("dedup")
    return None if dedup is None else int(dedup["threshold"])


def _is_scored(options: dict[str, Any]) -> bool:
    """Options of jobs from before there were scores say nothing of them."""
    return bool(options.get("scores")) or options.get("dedup") is not None
