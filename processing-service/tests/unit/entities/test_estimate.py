"""Estimates on paper."""

import pytest
from fiapx_engine.requests import request_of
from fiapx_engine.spans import WorkRate
from fiapx_models.media import Media
from fiapx_models.options import read_options
from processing_service.entities.estimate import BYTES_PER_PIXEL, Figures, Prospect, estimate, prospect_of

MEDIA = Media(duration_s=60.0, width=1920, height=1080, fps=25.0, codec="h264")
UNKNOWN = Figures(bytes_per_pixel=None, speed=None, tail_s=None, workers=2)


def prospect(options: str, media: Media = MEDIA) -> Prospect:
    return prospect_of(media, request_of(read_options(options)), 1920, 1080, WorkRate())


@pytest.mark.parametrize(
    ("options", "frames"),
    [
        ("", 60),
        ('{"sampling": {"rule": "fps", "fps": 0.3}}', 18),
        ('{"sampling": {"rule": "fps", "fps": "30000/1001"}}', 1799),
        ('{"sampling": {"rule": "interval", "seconds": 7}}', 9),
        ('{"sampling": {"rule": "every", "frames": 25}}', 60),
        ('{"sampling": {"rule": "count", "frames": 12}}', 12),
        ('{"sampling": {"rule": "timestamps", "seconds": [0, 12.5, 59.9, 60, 90]}}', 3),
        ('{"sampling": {"rule": "frames", "frames": [0, 250, 1499, 1500]}}', 3),
        ('{"sampling": {"rule": "keyframes"}}', 30),
        ('{"sampling": {"rule": "ffmpeg_fps", "fps": 2}}', 120),
        ('{"range": {"start_s": 10, "end_s": 20}}', 10),
        ('{"range": {"start_s": 50}}', 10),
        ('{"range": {"start_s": 70}}', 1),
        ('{"sampling": {"rule": "scenes"}}', 15),
        ('{"max_frames": 7}', 7),
        ('{"sampling": {"rule": "timestamps", "seconds": [99]}}', 1),
    ],
)
def test_each_rule_gives_its_frames_of_a_video_of_a_minute(options: str, frames: int) -> None:
    told = prospect(options)
    assert (told.frames, told.is_exact) == (frames, False)


def test_a_length_that_is_a_whole_number_of_intervals_gives_no_frame_more() -> None:
    media = MEDIA.model_copy(update={"duration_s": 0.1 + 0.2})
    assert prospect('{"sampling": {"rule": "fps", "fps": 10}}', media).frames == 3


def test_few_frames_cost_less_work_than_many_and_none_costs_more_than_all() -> None:
    works = [
        prospect(f'{{"sampling": {{"rule": "interval", "seconds": {seconds}}}}}').work_s
        for seconds in (30, 10, 1, 0.04)
    ]
    assert works == sorted(works)
    assert works[0] > 0


def test_scenes_cost_the_decoding_of_the_whole_range_besides_their_frames() -> None:
    scenes = prospect('{"sampling": {"rule": "scenes"}}').work_s
    frames = prospect('{"sampling": {"rule": "interval", "seconds": 4}}').work_s
    assert scenes - frames == pytest.approx(WorkRate().decoding(1500, 1920 * 1080) / 1e9)


def test_without_finished_jobs_our_own_figures_count_and_are_told_as_such() -> None:
    plan = Prospect(10, True, 100, 100, work_s=8.0, segments=4)
    told = estimate(plan, "jpeg", UNKNOWN)
    assert told.size_bytes == round(10 * 100 * 100 * BYTES_PER_PIXEL["jpeg"])
    assert (told.is_size_measured, told.is_time_measured) == (False, False)
    assert told.seconds == pytest.approx(8.0 / 2 + 1)


def test_measured_figures_outweigh_ours() -> None:
    plan = Prospect(10, True, 100, 100, work_s=8.0, segments=4)
    told = estimate(plan, "png", Figures(bytes_per_pixel=2.0, speed=4.0, tail_s=0.5, workers=1))
    assert (told.size_bytes, told.is_size_measured, told.is_time_measured) == (200_000, True, True)
    assert told.seconds == pytest.approx(2.5)


def test_more_workers_than_segments_do_not_help() -> None:
    plan = Prospect(10, True, 100, 100, work_s=8.0, segments=2)
    assert estimate(plan, "png", Figures(None, 1.0, 1.0, workers=100)).seconds == pytest.approx(5)
    assert estimate(plan, "png", Figures(None, 1.0, 1.0, workers=0)).seconds == pytest.approx(9)
