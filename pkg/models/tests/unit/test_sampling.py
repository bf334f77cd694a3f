"""Rules: what each takes, and how the rest is refused."""

import json
from fractions import Fraction

import pytest
from fiapx_models.options import read_options
from fiapx_models.sampling import (
    RULES,
    CountSampling,
    EverySampling,
    FpsSampling,
    FramesSampling,
    IntervalSampling,
    KeyframesSampling,
    Sampling,
    ScenesSampling,
    TimestampsSampling,
)
from pydantic import ValidationError


def read(sampling: object) -> Sampling:
    return read_options(json.dumps({"sampling": sampling})).sampling


def refusal(sampling: object) -> tuple[str, str]:
    """The first field refused, and why."""
    with pytest.raises(ValidationError) as caught:
        read(sampling)
    first = caught.value.errors()[0]
    return ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"rule": "fps"}, FpsSampling(fps=Fraction(1))),
        ({"rule": "interval", "seconds": "00:01:00.5"}, IntervalSampling(rule="interval", seconds=Fraction(121, 2))),
        ({"rule": "interval", "seconds": "1001/30"}, IntervalSampling(rule="interval", seconds=Fraction(1001, 30))),
        ({"rule": "every", "frames": 25}, EverySampling(rule="every", frames=25)),
        ({"rule": "count", "frames": 1}, CountSampling(rule="count", frames=1)),
        ({"rule": "keyframes"}, KeyframesSampling(rule="keyframes")),
        ({"rule": "scenes"}, ScenesSampling(rule="scenes", threshold=Fraction(3, 10))),
        ({"rule": "scenes", "threshold": 0.45}, ScenesSampling(rule="scenes", threshold=Fraction(9, 20))),
    ],
)
def test_each_rule_takes_its_own_value(said: object, meant: Sampling) -> None:
    assert read(said) == meant


def test_instants_are_kept_exactly_in_order_and_once() -> None:
    said = {"rule": "timestamps", "seconds": ["00:00:02.5", 0.1, "5/2", 2]}
    assert read(said) == TimestampsSampling(rule="timestamps", seconds=(Fraction(1, 10), Fraction(2), Fraction(5, 2)))


def test_frame_numbers_are_kept_in_order_and_once() -> None:
    assert read({"rule": "frames", "frames": [9, 0, 9]}) == FramesSampling(rule="frames", frames=(0, 9))


@pytest.mark.parametrize("said", [{}, {"fps": 1}, {"rule": "best"}, {"rule": ["fps"]}, "fps", 5, []])
def test_what_names_no_rule_is_told_all_rules(said: object) -> None:
    assert refusal(said) == ("sampling", f"must be an object whose rule is one of {', '.join(RULES)}")


@pytest.mark.parametrize(
    ("said", "field", "message"),
    [
        ({"rule": "interval", "seconds": 0}, "interval.seconds", "must be from 0.001 to 86400 seconds"),
        ({"rule": "interval", "seconds": 86401}, "interval.seconds", "must be from 0.001 to 86400 seconds"),
        ({"rule": "every", "frames": 0}, "every.frames", "must be a whole number from 1 to 100000"),
        ({"rule": "every", "frames": 1.5}, "every.frames", "must be a whole number from 1 to 100000"),
        ({"rule": "count", "frames": "7"}, "count.frames", "must be a whole number from 1 to 100000"),
        ({"rule": "count", "frames": True}, "count.frames", "must be a whole number from 1 to 100000"),
        ({"rule": "timestamps", "seconds": []}, "timestamps.seconds", "must be a list of 1 to 10000 values"),
        ({"rule": "timestamps", "seconds": 5}, "timestamps.seconds", "must be a list of 1 to 10000 values"),
        ({"rule": "timestamps", "seconds": [1, -1]}, "timestamps.seconds.1", "must be from 0 to 36000000 seconds"),
        ({"rule": "frames", "frames": [0] * 10_001}, "frames.frames", "must be a list of 1 to 10000 values"),
        ({"rule": "frames", "frames": [-1]}, "frames.frames.0", "must be a whole number from 0 to 2147483647"),
        ({"rule": "every"}, "every.frames", "Field required"),
        ({"rule": "keyframes", "fps": 1}, "keyframes.fps", "Extra inputs are not permitted"),
    ],
)
def test_an_unlawful_value_is_refused_by_name_with_the_lawful_ones(said: object, field: str, message: str) -> None:
    assert refusal(said) == (f"sampling.{field}", message)
