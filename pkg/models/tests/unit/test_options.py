"""Options: what is accepted, how it is told what isn't."""

import json
from fractions import Fraction

import pytest
from fiapx_models.options import EXAMPLES, Options, read_options
from fiapx_models.sampling import RULES, FfmpegFpsSampling, FpsSampling
from pydantic import ValidationError


def refusal(text: str) -> tuple[str, str]:
    """The first field refused, and why."""
    with pytest.raises(ValidationError) as caught:
        read_options(text)
    first = caught.value.errors()[0]
    return ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")


def test_nothing_said_means_one_frame_a_second_as_png() -> None:
    options = read_options("")
    assert options.sampling == FpsSampling(fps=Fraction(1))
    assert options.format == "png"


def test_a_decimal_rate_is_kept_exactly() -> None:
    options = read_options('{"sampling": {"rule": "fps", "fps": 0.3}}')
    assert options.sampling == FpsSampling(fps=Fraction(3, 10))


def test_the_same_wish_has_one_canonical_form() -> None:
    one = read_options('{"sampling": {"rule": "fps", "fps": 0.50}, "max_frames": null}')
    other = read_options('{ "sampling":{"fps":"1/2","rule":"fps"}}')
    assert one.canonical_json() == other.canonical_json()


def test_the_canonical_form_reads_back_to_the_same_options() -> None:
    options = read_options(
        '{"sampling": {"rule": "ffmpeg_fps", "fps": "30000/1001"}, "range": {"start_s": "00:00:01.5"}}'
    )
    assert read_options(options.canonical_json()) == options


def test_the_legacy_preset_is_the_old_monolith() -> None:
    options = read_options('"legacy"')
    assert options.sampling == FfmpegFpsSampling(fps=Fraction(1))
    assert options.name_template == "frame_{index:4}"


def test_a_preset_may_be_changed_field_by_field() -> None:
    assert read_options('{"preset": "legacy", "max_frames": 3}').max_frames == 3


@pytest.mark.parametrize("fps", ["0", "-1", "1e9", "0.0009", "1000.001"])
def test_a_rate_outside_the_lawful_range_is_refused_with_the_range(fps: str) -> None:
    field, message = refusal(f'{{"sampling": {{"rule": "fps", "fps": {fps}}}}}')
    assert field.startswith("sampling")
    assert "from 0.001 to 1000" in message


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_json_does_not_have_are_refused(constant: str) -> None:
    with pytest.raises(ValueError, match="is not a JSON number"):
        read_options(f'{{"sampling": {{"rule": "fps", "fps": {constant}}}}}')


def test_an_unknown_option_is_named() -> None:
    assert refusal('{"colour": "red"}')[0] == "colour"


def test_an_unknown_rule_is_told_the_known_ones() -> None:
    _, message = refusal('{"sampling": {"rule": "random"}}')
    assert f"one of {', '.join(RULES)}" in message


def test_a_range_ends_after_it_starts() -> None:
    assert refusal('{"range": {"start_s": 5, "end_s": 5}}') == (
        "range.end_s",
        "must be later than start_s",
    )


def test_a_negative_instant_is_refused() -> None:
    assert "from 0 to 36000000 seconds" in refusal('{"range": {"start_s": -1}}')[1]


@pytest.mark.parametrize("frames", ["0", "-1", "1.5", '"5"', "true", "100001"])
def test_max_frames_is_a_whole_number_within_the_job_limit(frames: str) -> None:
    assert refusal(f'{{"max_frames": {frames}}}')[0] == "max_frames"


@pytest.mark.parametrize(
    "template",
    [
        "",
        "frame",
        "{time}_{index}",
        "{index}_{index}",
        "{index}/{time}",
        "../{index}",
        ".{index}",
        "{index}{x}",
        "é{index}",
        "{index}" + "a" * 94,
        "{index:0}",
        "{index:٤}",
        "{index:10}",
        "con.{index}",
        "NUL.a{index}",
        "lpt1.{index}",
        "com{index:1}",
        "COM{index:1}.{time}",
    ],
)
def test_a_name_template_that_could_misname_a_frame_is_refused(template: str) -> None:
    assert refusal(json.dumps({"name_template": template}))[0] == "name_template"


@pytest.mark.parametrize(
    "template",
    [
        "{index}",
        "frame_{index}_{time}",
        "a-{index:4}.{pts}",
        "v1_{index}",
        "{index}" + "a" * 93,
        "con{index}",
        "console.{index}",
        "com{index}",
        "com{index:1}_",
        "{index:9}",
    ],
)
def test_a_name_template_of_lawful_parts_is_accepted(template: str) -> None:
    assert read_options(json.dumps({"name_template": template})).name_template == template


def test_json_nested_without_end_is_refused_as_nested_too_deeply() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        read_options("[" * 100_000)


def test_a_number_whose_exponent_nobody_can_keep_is_refused_as_beyond_all_measure() -> None:
    with pytest.raises(ValueError, match="a number beyond all measure"):
        read_options('{"sampling": {"rule": "fps", "fps": 1e99999999999999999999}}')


def test_an_object_of_very_many_fields_is_refused_as_a_whole() -> None:
    with pytest.raises(ValueError, match="more than 100 fields") as refused:
        read_options(json.dumps({f"x{number}": 0 for number in range(101)}))
    assert not isinstance(refused.value, ValidationError)


def test_options_cannot_be_changed_later() -> None:
    name = "max_frames"
    with pytest.raises(ValidationError):
        setattr(Options(), name, 3)


@pytest.mark.parametrize(("text", "used"), [("jpeg", 90), ("webp", 80), ("png", None)])
def test_each_format_has_a_quality_of_its_own_where_none_is_asked_for(text: str, used: int | None) -> None:
    assert read_options(json.dumps({"format": text})).quality_used == used


def test_a_quality_asked_for_is_used() -> None:
    assert read_options('{"format": "jpeg", "quality": 42}').quality_used == 42


def test_png_has_no_quality() -> None:
    assert refusal('{"quality": 90}') == ("quality", "must be null for png, which loses nothing")


@pytest.mark.parametrize("quality", ["0", "101", "50.5", '"90"', "true"])
def test_a_quality_is_a_whole_number_from_1_to_100(quality: str) -> None:
    assert refusal(f'{{"format": "webp", "quality": {quality}}}')[0] == "quality"


@pytest.mark.parametrize("wish", EXAMPLES)
def test_every_documented_example_is_lawful(wish: str) -> None:
    options = read_options(json.dumps(EXAMPLES[wish]))
    assert read_options(options.canonical_json()) == options


@pytest.mark.parametrize(
    ("said", "field", "message"),
    [
        ({"width": 0}, "width", "must be a whole number from 1 to 8192"),
        ({"height": 8193}, "height", "must be a whole number from 1 to 8192"),
        ({"tolerance_s": -1}, "tolerance_s", "must be from 0 to 3600 seconds"),
        ({"tone_map": "hable"}, "tone_map", "Input should be 'auto' or 'off'"),
        ({"deinterlace": True}, "deinterlace", "Input should be 'auto' or 'off'"),
        ({"rotate": 90}, "rotate", "Input should be 'auto' or 'off'"),
        ({"crop": {"x": -1, "width": 1, "height": 1}}, "crop.x", "must be a whole number from 0 to 8191"),
        ({"crop": {"width": 0, "height": 1}}, "crop.width", "must be a whole number from 1 to 8192"),
        ({"crop": {"width": 1}}, "crop.height", "Field required"),
        ({"sampling": {"rule": "scenes", "threshold": 1.1}}, "sampling.scenes.threshold", "must be from 0 to 1"),
        ({"scores": 1}, "scores", "must be true or false"),
        ({"scores": "yes"}, "scores", "must be true or false"),
        ({"dedup": {}}, "dedup.threshold", "Field required"),
        ({"dedup": {"threshold": 65}}, "dedup.threshold", "must be a whole number from 0 to 64"),
        ({"dedup": {"threshold": -1}}, "dedup.threshold", "must be a whole number from 0 to 64"),
        ({"dedup": {"threshold": 1.5}}, "dedup.threshold", "must be a whole number from 0 to 64"),
        ({"dedup": 4}, "dedup", "must be an object with these fields: threshold"),
        ({"range": None}, "range", "must be an object with these fields: start_s, end_s"),
        ({"name_template": 5}, "name_template", "must be a text such as frame_{index}_{time}"),
        ({"preset": "foo"}, "", 'preset must be "legacy", the only one'),
        ({"preset": None}, "", 'preset must be "legacy", the only one'),
        ("foo", "", 'must be an object or the name of a preset, of which there is one: "legacy"'),
        ({"crop": "10:10"}, "crop", "must be an object with these fields: x, y, width, height"),
    ],
)
def test_an_unlawful_value_is_refused_by_name_with_the_lawful_values(said: object, field: str, message: str) -> None:
    assert refusal(json.dumps(said)) == (field, message)


@pytest.mark.parametrize(
    ("said", "scored"), [({}, False), ({"scores": True}, True), ({"dedup": {"threshold": 0}}, True)]
)
def test_scores_are_found_where_they_are_asked_for_or_decide(said: dict[str, object], scored: bool) -> None:
    assert read_options(json.dumps(said)).scored is scored


@pytest.mark.parametrize("sampling", [{"rule": "keyframes"}, {"rule": "ffmpeg_fps", "fps": 1}])
def test_a_tolerance_belongs_to_rules_that_name_instants(sampling: dict[str, object]) -> None:
    said = json.dumps({"sampling": sampling, "tolerance_s": 1})
    message = f"must be 0 for the rule {sampling['rule']}; it belongs to fps, interval, count, timestamps"
    assert refusal(said) == ("tolerance_s", message)
    assert read_options(json.dumps({"sampling": sampling, "tolerance_s": 0})).tolerance_s == 0
