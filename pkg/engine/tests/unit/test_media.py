from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from fiapx_engine.errors import VideoRefused
from fiapx_engine.media import MediaLimits, VideoStream, choose_video, media_of
from fiapx_engine.timeline import Timeline
from fiapx_models.failures import FailureCode

MakeTimeline = Callable[..., Timeline]


def stream(**changes: Any) -> dict[str, Any]:
    return {
        "index": 0,
        "codec_type": "video",
        "codec_name": "h264",
        "width": 1920,
        "height": 1080,
        "sample_aspect_ratio": "1:1",
        "pix_fmt": "yuv420p",
        "time_base": "1/15360",
        "avg_frame_rate": "30/1",
        "start_pts": 0,
        "disposition": {"attached_pic": 0},
    } | changes


def chosen(*streams: dict[str, Any], **container: Any) -> VideoStream:
    described = {"format_name": "mov,mp4", "start_time": "0.000000"} | container
    return choose_video({"streams": list(streams), "format": described}, MediaLimits())


def refusal(*streams: dict[str, Any]) -> FailureCode:
    with pytest.raises(VideoRefused) as refused:
        chosen(*streams)
    return refused.value.code


def test_the_largest_picture_is_the_video() -> None:
    small, large = stream(index=1, width=640, height=360), stream(index=2)

    assert chosen(small, large).index == 2


def test_cover_art_is_no_video() -> None:
    cover = stream(index=0, width=3000, height=3000, disposition={"attached_pic": 1})

    assert chosen(cover, stream(index=1)).index == 1
    assert refusal(cover, {"codec_type": "audio"}) is FailureCode.NO_VIDEO


def test_sound_alone_is_no_video() -> None:
    assert refusal({"codec_type": "audio"}) is FailureCode.NO_VIDEO


@pytest.mark.parametrize("codec", ["none", "unknown"])
def test_an_unknown_codec_is_refused(codec: str) -> None:
    assert refusal(stream(codec_name=codec)) is FailureCode.UNSUPPORTED_CODEC


def test_a_stream_without_a_picture_size_has_no_frames() -> None:
    assert refusal(stream(width=0)) is FailureCode.NO_FRAMES


@pytest.mark.parametrize("size", [{"width": 8193}, {"width": 8000, "height": 8000}, {"sample_aspect_ratio": "9:1"}])
def test_a_flood_of_pixels_is_refused(size: dict[str, Any]) -> None:
    assert refusal(stream(**size)) is FailureCode.TOO_LARGE


@pytest.mark.parametrize(("told", "clockwise"), [(-90, 90), (90, 270), (180, 180), (-180, 180), (0, 0)])
def test_rotation_is_told_clockwise(told: int, clockwise: int) -> None:
    rotated = stream(side_data_list=[{"side_data_type": "Display Matrix", "rotation": told}])

    assert chosen(rotated).rotation == clockwise


def test_a_quarter_turn_swaps_the_displayed_sides() -> None:
    picture = chosen(stream(side_data_list=[{"rotation": -90}])).picture

    assert (picture.width, picture.height, picture.rotation) == (1080, 1920, 90)
    assert (picture.stored_width, picture.stored_height) == (1920, 1080)


@pytest.mark.parametrize(
    ("matrix", "rotation", "mirrored"),
    [
        ((65536, 0, 0, 65536), 0, False),
        ((65536, 0, 0, -65536), 0, True),
        ((0, 65536, -65536, 0), -90, False),
        ((0, 65536, 65536, 0), -90, True),
        ((-65536, 0, 0, 65536), 180, True),
    ],
)
def test_a_mirrored_picture_is_known_by_its_matrix(
    matrix: tuple[int, int, int, int], rotation: int, mirrored: bool
) -> None:
    a, b, c, d = matrix
    text = f"\n00000000: {a:11} {b:11} {0:11}\n00000001: {c:11} {d:11} {0:11}\n00000002: {0:11} {0:11} {1 << 30:11}\n"
    told = stream(side_data_list=[{"displaymatrix": text, "rotation": rotation}])

    assert chosen(told).picture.mirrored is mirrored


def test_pixels_become_square_by_the_width() -> None:
    picture = chosen(stream(width=720, height=576, sample_aspect_ratio="16:15")).picture

    assert (picture.width, picture.height) == (768, 576)


def test_an_anamorphic_picture_is_stretched_before_it_is_turned() -> None:
    turned = stream(width=720, height=576, sample_aspect_ratio="16:15", side_data_list=[{"rotation": 90}])

    assert (chosen(turned).picture.width, chosen(turned).picture.height) == (576, 768)


@pytest.mark.parametrize("pixels", ["yuv420p10le", "gray16be", "rgb48le", "p010le", "yuv444p12le", "x2rgb10le"])
def test_more_than_eight_bits_are_deep(pixels: str) -> None:
    assert chosen(stream(pix_fmt=pixels)).picture.deep


@pytest.mark.parametrize("pixels", ["yuv420p", "nv12", "yuvj444p", "rgb24", "gray", "pal8", "rgb555le"])
def test_eight_bits_are_not_deep(pixels: str) -> None:
    assert not chosen(stream(pix_fmt=pixels)).picture.deep


def test_hdr_is_known_by_its_transfer() -> None:
    assert chosen(stream(color_transfer="smpte2084")).hdr
    assert not chosen(stream(color_transfer="bt709")).hdr


def test_times_are_searched_as_the_container_is_indexed() -> None:
    assert chosen(stream()).seek_by == "pts"
    assert chosen(stream(), format_name="matroska,webm").seek_by == "dts"
    assert not chosen(stream(), format_name="ogg").seeks


def test_zero_is_the_files_start_but_for_formats_whose_times_jump() -> None:
    assert chosen(stream(start_pts=500), start_time="0.100000").zero == 1536
    assert chosen(stream(start_pts=500), start_time="0.100000", format_name="mpegts").zero == 500


def test_a_missing_duration_is_guessed_as_ffmpeg_does() -> None:
    assert chosen(stream()).untold_duration == 0
    assert chosen(stream(codec_name="flv1")).untold_duration == 512


def test_tags_are_kept_where_they_are_plain() -> None:
    plain = chosen(stream(tags={"timecode": "01:00:00;00"}), tags={"creation_time": "2026-01-02T03:04:05.000000Z"})

    assert (plain.timecode, plain.creation_time) == ("01:00:00;00", "2026-01-02T03:04:05.000000Z")
    assert chosen(stream(tags={"timecode": "<script>"})).timecode is None


def test_a_tags_name_may_be_written_in_capitals() -> None:
    loud = chosen(stream(tags={"TIMECODE": "01:00:00:00"}), tags={"Creation_Time": "2026-01-02T03:04:05.000000Z"})

    assert (loud.timecode, loud.creation_time) == ("01:00:00:00", "2026-01-02T03:04:05.000000Z")


def test_facts_come_from_the_packets(constant: MakeTimeline) -> None:
    media = media_of(chosen(stream(avg_frame_rate="90000/1", nb_frames="7")), constant(300))

    assert (media.duration_s, media.fps, media.variable_frame_rate) == (10.0, 30.0, False)


def test_ntsc_rates_are_told_to_three_digits(constant: MakeTimeline) -> None:
    ntsc = constant(300, step=1001, time_base=Fraction(1, 30_000))

    assert media_of(chosen(stream()), ntsc).fps == 29.97


@pytest.mark.parametrize(
    ("order", "interlaced"), [("progressive", False), ("unknown", False), ("tt", True), ("bt", True)]
)
def test_interlaced_material_is_known_by_its_field_order(order: str, interlaced: bool) -> None:
    assert chosen(stream(field_order=order)).picture.deinterlace is interlaced


def test_the_transfer_to_be_tone_mapped_is_kept() -> None:
    assert chosen(stream(color_transfer="arib-std-b67")).picture.tone_map == "arib-std-b67"
    assert chosen(stream(color_transfer="bt709")).picture.tone_map == ""
