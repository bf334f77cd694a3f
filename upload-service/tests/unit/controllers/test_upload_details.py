"""A form's fields, before and after the file."""

import json

import pytest
from fiapx_common.errors import Invalid
from fiapx_models.options import Options
from fiapx_proto.upload.v1.upload_pb2 import UploadDetails
from upload_service.controllers.upload_details import read_details


def refusal(options_json: str) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read_details(UploadDetails(options_json=options_json))
    assert refused.value.code == "invalid_options"
    return refused.value


def test_nothing_said_are_the_defaults() -> None:
    details = read_details(UploadDetails())
    assert details.options_json == Options().canonical_json()
    assert (details.external_id, details.metadata_json, details.tags) == (None, None, ())


def test_the_same_wishes_are_the_same_text() -> None:
    written = [
        '{"sampling": {"rule": "fps", "fps": 0.50}}',
        '{"sampling":{"fps":"1/2","rule":"fps"},"format":"png"}',
    ]
    assert len({read_details(UploadDetails(options_json=text)).options_json for text in written}) == 1


def test_fields_after_the_file_replace_those_before_it_one_by_one() -> None:
    before = UploadDetails(external_id="a", tags=["x"], metadata_json='{"a": 1}')
    after = UploadDetails(external_id="b", tags=["y", "z"])
    details = read_details(before, after)
    assert (details.external_id, details.tags, details.metadata_json) == ("b", ("y", "z"), '{"a": 1}')
    assert read_details(before, UploadDetails()).tags == ("x",)


def test_a_wrong_option_is_told_by_its_path() -> None:
    refused = refusal('{"sampling": {"rule": "fps", "fps": 0}}')
    assert [field.field for field in refused.fields] == ["options.sampling.fps"]
    assert "0.001 to 1000" in refused.fields[0].message


@pytest.mark.parametrize("name", ["colour", "path", "body"])
def test_an_unknown_option_is_told_by_its_name(name: str) -> None:
    [told] = refusal(json.dumps({name: "red"})).fields
    assert (told.field, told.message) == (f"options.{name}", "is not a field here; leave it out")


@pytest.mark.parametrize("sampling", [{"fps": 1}, {"rule": "guess"}])
def test_a_sampling_without_a_known_rule_is_told_the_rules(sampling: dict[str, object]) -> None:
    [told] = refusal(json.dumps({"sampling": sampling})).fields
    assert told.field == "options.sampling"
    assert told.message.startswith("must be an object whose rule is one of fps, interval, ")


def test_words_that_are_no_json_are_answered_with_an_example() -> None:
    [told] = refusal("legacy").fields
    assert told.message.startswith("""must be JSON, such as {"preset": "legacy"}: """)


@pytest.mark.parametrize(
    "fps",
    [
        "-1",
        "1e9",
        "NaN",
        "Infinity",
        '"fast"',
        "1e999999999",
        "1e99999999999999999999",
        "null",
        "true",
        '"1/0"',
        "9" * 5000,
    ],
)
def test_no_rate_is_unlawful_without_being_told(fps: str) -> None:
    assert refusal(f'{{"sampling": {{"rule": "fps", "fps": {fps}}}}}').fields


@pytest.mark.parametrize("text", ["{", "[]", "1", '"modern"', "[" * 10_000, " " * 300_000 + "{}"])
def test_what_is_no_object_of_options_is_refused(text: str) -> None:
    assert refusal(text).fields[0].field == "options"


def test_the_old_monoliths_preset_is_known() -> None:
    details = read_details(UploadDetails(options_json='"legacy"'))
    assert json.loads(details.options_json)["sampling"] == {"rule": "ffmpeg_fps", "fps": 1}
