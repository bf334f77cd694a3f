"""What a job's manifest says besides the frames."""

import json
from fractions import Fraction

from fiapx_engine.manifest import Description

from processing_service.entities.job import Job


def description_of(job: Job) -> Description:
    """Of a job that has been planned."""
    request = job.request
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
        options=json.loads(request.options_json),
        warnings=[warned.model_dump(mode="json") for warned in job.warnings],
        time_base=Fraction(job.time_base),
        picture=None if job.picture is None else dict(job.picture),
    )
