import json
from fractions import Fraction

import pytest
from fiapx_engine.requests import request_of
from fiapx_engine.sampling import ExtractionRequest
from fiapx_models.options import EXAMPLES, Options, read_options


def test_options_that_say_nothing_are_one_frame_a_second() -> None:
    assert request_of(Options()) == ExtractionRequest("fps", Fraction(1))


@pytest.mark.parametrize(
    ("sampling", "name", "value"),
    [
        ({"rule": "fps", "fps": 0.3}, "fps", Fraction(3, 10)),
        ({"rule": "ffmpeg_fps", "fps": "30000/1001"}, "fps", Fraction(30_000, 1001)),
        ({"rule": "interval", "seconds": "00:01:00"}, "interval_s", Fraction(60)),
        ({"rule": "every", "frames": 25}, "step", 25),
        ({"rule": "count", "frames": 12}, "count", 12),
        ({"rule": "timestamps", "seconds": [12.5, 0]}, "timestamps_s", (Fraction(0), Fraction(25, 2))),
        ({"rule": "frames", "frames": [7, 0]}, "numbers", (0, 7)),
        ({"rule": "scenes", "threshold": 0.4}, "threshold", Fraction(2, 5)),
    ],
)
def test_each_rules_own_value_reaches_the_request(sampling: dict[str, object], name: str, value: object) -> None:
    request = request_of(read_options(json.dumps({"sampling": sampling})))

    assert request.rule == sampling["rule"]
    assert getattr(request, name) == value


def test_what_becomes_of_the_picture_reaches_the_request() -> None:
    said: dict[str, object] = {"width": 640, "height": 360, "rotate": "off", "tone_map": "off", "deinterlace": "off"}
    said |= {"tolerance_s": "1/25", "on_damage": "keep"}
    said["crop"] = {"x": 1, "width": 3, "height": 4}
    request = request_of(read_options(json.dumps(said)))

    assert (request.width, request.height, request.rotate, request.crop) == (640, 360, False, (1, 0, 3, 4))
    assert (request.tone_map, request.deinterlace) == ("off", False)
    assert (request.tolerance_s, request.keep_damaged) == (Fraction(1, 25), True)


@pytest.mark.parametrize("said", [{"scores": True}, {"dedup": {"threshold": 4}}])
def test_who_asks_for_scores_or_dedup_gets_scored_images(said: dict[str, object]) -> None:
    assert request_of(read_options(json.dumps(said))).scored


@pytest.mark.parametrize("wish", EXAMPLES)
def test_every_documented_example_is_a_request(wish: str) -> None:
    options = read_options(json.dumps(EXAMPLES[wish]))

    assert request_of(options).rule == options.sampling.rule
