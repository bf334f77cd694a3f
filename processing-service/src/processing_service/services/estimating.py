"""What a job would come to, and which frames it would give, before anybody begins it."""

import asyncio
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fiapx_common.errors import Invalid, NotFound, Unavailable
from fiapx_engine.errors import VideoRefused
from fiapx_engine.pictures import picture_of
from fiapx_engine.requests import request_of
from fiapx_engine.segments import Picture
from fiapx_engine.spans import WorkRate
from fiapx_models.failures import explain
from fiapx_models.media import Media
from fiapx_models.options import Options

from processing_service.entities.errors import NothingToLookInto, SourceGone, VideoCannotBeProcessed
from processing_service.entities.estimate import Estimate, Figures, Prospect, estimate, prospect_of, search_work_s
from processing_service.entities.job import Job
from processing_service.services.ports import Decoder, Sources, UnitsOfWork, Workers

INSTANTS_AT_MOST: Final = 1000
_PLANS_KEPT: Final = 4
"""The pages of one plan are asked for one after another."""


@dataclass(frozen=True)
class PlannedFrames:
    """A plan: frame n of `times_s`, from 0, has the index n + 1; seconds from the video's first frame."""

    prospect: Prospect
    times_s: "array[float]"


@dataclass(frozen=True)
class Answer:
    """An estimate, and some of the instants that it counts: (index, seconds); `more` says whether others follow."""

    estimate: Estimate
    instants: tuple[tuple[int, float], ...] = ()
    more: bool = False


@dataclass(frozen=True)
class Looking:
    """What looking into videos may take here."""

    at_once: int
    """Videos; further requests wait."""
    timeout_s: float
    """For one, its wait included."""
    rate: WorkRate
    """At which the engine reckons work."""


class Estimating:
    """Plans with the job's own decoder, and reckons by what recent jobs came to."""

    def __init__(
        self,
        units: UnitsOfWork,
        sources: Sources,
        decoder: Decoder,
        workers: Workers,
        looking: Looking,
    ) -> None:
        self._units = units
        self._sources = sources
        self._decoder = decoder
        self._workers = workers
        self._rate = looking.rate
        self._timeout_s = looking.timeout_s
        self._places = asyncio.Semaphore(looking.at_once)
        self._plans: OrderedDict[tuple[UUID, str], PlannedFrames] = OrderedDict()

    async def of_media(self, media: Media, options: Options) -> Answer:
        """From facts that somebody tells of a video. Raises Invalid, Unavailable."""
        request = request_of(options)
        told = Picture(media.width, media.height, deep=False, stored_width=media.width, stored_height=media.height)
        try:
            picture, _ = picture_of(told, request)
        except VideoRefused as refusal:
            raise Invalid(refusal.code.value, explain(refusal.code, "en").message) from refusal
        prospect = prospect_of(media, request, picture.width, picture.height, self._rate)
        return Answer(estimate(prospect, options.format, await self._figures(options)))

    async def of_video(self, video_id: UUID, options: Options, after_index: int, limit: int) -> Answer:
        """From a stored source, planned as its job would be; with at most `limit` instants above `after_index`.

        Raises Invalid (the job would fail; its code says why), NothingToLookInto, SourceGone, Unavailable.
        """
        plan = await self._plan(video_id, options)
        figures = await self._figures(options)
        first = min(max(after_index, 0), len(plan.times_s))
        last = min(first + min(max(limit, 0), INSTANTS_AT_MOST), len(plan.times_s))
        instants = tuple(enumerate(plan.times_s[first:last], start=first + 1))
        return Answer(estimate(plan.prospect, options.format, figures), instants, more=last < len(plan.times_s))

    async def _plan(self, video_id: UUID, options: Options) -> PlannedFrames:
        key = video_id, options.canonical_json()
        async with self._units.begin() as work:
            job = await work.jobs.newest(video_id)
        if job is None:
            raise NothingToLookInto
        try:
            async with asyncio.timeout(self._timeout_s), self._places:
                if key not in self._plans:
                    self._plans[key] = await self._planned(job, options)
                    if len(self._plans) > _PLANS_KEPT:
                        self._plans.popitem(last=False)
                return self._plans[key]
        except TimeoutError as error:
            raise Unavailable("plan_timeout", "Looking into the video took too long.", 30) from error

    async def _planned(self, job: Job, options: Options) -> PlannedFrames:
        try:
            async with self._sources.open(job.request) as source:
                planned = await self._decoder.plan(source, options.canonical_json())
        except VideoCannotBeProcessed as refusal:
            raise Invalid(refusal.code, refusal.failure.message) from refusal
        except NotFound as error:
            raise SourceGone from error
        search_s = search_work_s(planned.media, request_of(options), self._rate)
        prospect = Prospect(
            frames=planned.frames,
            # which frames are doubles is known when they are made
            is_exact=options.dedup is None,
            width=planned.picture["width"],
            height=planned.picture["height"],
            work_s=search_s + sum(segment.work_s for segment in planned.segments),
            segments=len(planned.segments),
            warnings=planned.warnings,
        )
        times_s = array("d", (time_s for segment in planned.segments for time_s in self._decoder.times_s(segment)))
        return PlannedFrames(prospect, times_s)

    async def _figures(self, options: Options) -> Figures:
        async with self._units.begin() as work:
            measured = await work.workload.measured()
            per_pixel = await work.workload.bytes_per_pixel(options.format, options.quality_used)
        try:
            workers = await self._workers.alive()
        except Unavailable:
            workers = 1
        return Figures(per_pixel, measured.speed, measured.tail_s, workers)
