"""A result that is still kept, given once more: the same user, file, options and engine make the same frames.

The images are copied on the store into an archive of the new job's own, so that each of the two videos may be deleted
or expire as it likes. A file is the same where it is the same object, or where upload-service itself took the same
digest of both; what a client merely declares is not looked at.
"""

from dataclasses import replace
from typing import Final

import structlog
from fiapx_common.errors import FiapxError
from fiapx_models.media import Warned
from fiapx_models.problems import registry

from processing_service.entities.archive import StoredPart, archive_key
from processing_service.entities.errors import LeaseLost
from processing_service.entities.job import Job
from processing_service.services.announcing import processed, started
from processing_service.services.leasing import JobClaim, Leasing
from processing_service.services.ports import Archives, Decoder, Measures, UnitsOfWork
from processing_service.services.reuse_ports import KeptResult
from processing_service.services.row_ports import Result, WrittenPart

_CODE: Final = "result_reused"
REUSED: Final = Warned(code=_CODE, message=registry().warnings[_CODE].meaning["en"])
_COPIED_BYTES: Final = 1 << 30
"""By one request."""
log = structlog.get_logger(__name__)


class Reusing:
    """Costs a few copies on the store, and no worker."""

    def __init__(
        self, units: UnitsOfWork, archives: Archives, decoder: Decoder, leasing: Leasing, measures: Measures
    ) -> None:
        self._units = units
        self._archives = archives
        self._decoder = decoder
        self._leasing = leasing
        self._measures = measures

    async def reused(self, claim: JobClaim) -> bool:
        """Completes the job from a kept result; False: there is none, or it went while it was copied.

        Raises LeaseLost, Interrupted, Unavailable.
        """
        made_by = await self._decoder.fingerprint()
        async with self._units.begin() as work:
            kept = await work.kept_results.find(claim.job.request, made_by)
        if kept is None:
            return False
        job = replace(kept.job, request=claim.job.request)
        try:
            joined = self._archives.join(claim.result_key, job, [_images(kept)])
            result = await self._leasing.keep(claim.renew, joined)
            await self._complete(claim, kept, job, replace(result, warnings=(*job.warnings, REUSED)), made_by)
        except LeaseLost:
            # after everything of a withdrawn job was swept away it would stay for ever
            await self._archives.remove_result(claim.result_key)
            raise
        except FiapxError as error:
            # deleted or swept meanwhile; where the store itself is away, decoding will say so
            log.info("result.not_reused", video_id=claim.job.key.video_id, error=error.code)
            return False
        self._measures.job_ended("completed", job.media.duration_s if job.media else 0)
        log.info("result.reused", video_id=job.key.video_id, attempt=job.key.attempt, frames=result.frame_count)
        return True

    async def _complete(self, claim: JobClaim, kept: KeptResult, job: Job, result: Result, made_by: str) -> None:
        async with self._units.begin() as work:
            if not await work.kept_results.adopt(claim.taken, kept, result, made_by):
                raise LeaseLost
            if job.media is not None:
                await work.outbox.add(started(job, job.media, job.frames_expected))
            await work.outbox.add(processed(job, result))
            await work.commit()


def _images(kept: KeptResult) -> WrittenPart:
    """The old archive without its own index, in stretches that a store copies within its time-out."""
    size = kept.entries_bytes
    images = tuple((start, min(_COPIED_BYTES, size - start)) for start in range(0, size, _COPIED_BYTES))
    return WrittenPart(StoredPart(archive_key(kept.job.result_key), kept.archive_bytes, images), kept.rows)
