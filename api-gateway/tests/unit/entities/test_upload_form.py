"""The form's rules."""

import pytest
from api_gateway.entities.errors import FileTooLarge
from api_gateway.entities.form_parts import FormPart, PartBegan, PartData, PartEnded
from api_gateway.entities.upload_form import CHUNK_BYTES, FIELD_LIMITS_BYTES, MAX_PARTS, FormInvalid, NoFile, UploadForm
from api_gateway.entities.uploads import UploadBegun, UploadDetails, UploadEnded, UploadPiece
from hypothesis import given
from hypothesis import strategies as st

LIMIT = 1024 * 1024


def field(name: str, value: bytes, filename: str | None = None) -> list[FormPart]:
    return [PartBegan(name, filename, ""), PartData(value), PartEnded()]


def file(*data: bytes, name: str = "video") -> list[FormPart]:
    return [PartBegan(name, "a.mp4", "video/mp4"), *map(PartData, data), PartEnded()]


def pieces(*parts: list[FormPart]) -> list[UploadPiece]:
    form = UploadForm(LIMIT)
    taken = [piece for part in parts for one in part for piece in form.take(one)]
    return [*taken, form.finish()]


def refusal(*parts: list[FormPart]) -> FormInvalid:
    with pytest.raises(FormInvalid) as caught:
        pieces(*parts)
    return caught.value


def test_fields_before_the_file_go_with_its_beginning() -> None:
    details = UploadDetails('{"a":1}', "e-1", '{"b":2}', ("x", "y"))
    before = [field("options", b'{"a":1}'), field("external_id", b"e-1"), field("metadata", b'{"b":2}')]
    assert pieces(*before, field("tags", b"x, y"), file(b"data")) == [
        UploadBegun("a.mp4", "video/mp4", details),
        b"data",
        UploadEnded(None),
    ]


def test_fields_after_the_file_go_with_its_end_together_with_the_earlier_ones() -> None:
    assert pieces(field("options", b"{}"), file(b"data"), field("tags", b"x")) == [
        UploadBegun("a.mp4", "video/mp4", UploadDetails("{}")),
        b"data",
        UploadEnded(UploadDetails("{}", tags=("x",))),
    ]


@pytest.mark.parametrize("name", ["video", "file"])
def test_the_file_has_two_names(name: str) -> None:
    assert pieces(file(b"data", name=name))[1] == b"data"


def test_an_empty_file_is_passed_on_for_upload_service_to_refuse() -> None:
    assert pieces(file()) == [UploadBegun("a.mp4", "video/mp4", UploadDetails()), UploadEnded(None)]


@given(st.lists(st.integers(0, 3 * CHUNK_BYTES), max_size=4))
def test_chunks_hold_the_same_bytes_and_are_full_but_for_the_last(sizes: list[int]) -> None:
    form = UploadForm(100 * CHUNK_BYTES)
    data = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    chunks = [one for part in file(*data) for one in form.take(part) if isinstance(one, bytes)]
    assert b"".join(chunks) == b"".join(data)
    assert {len(chunk) for chunk in chunks[:-1]} <= {CHUNK_BYTES}
    assert all(0 < len(chunk) <= CHUNK_BYTES for chunk in chunks)


def test_tags_may_be_repeated_separated_by_commas_or_a_json_list() -> None:
    begun = pieces(field("tags", b"a"), field("tags", b" b ,,c"), field("tags", b'["d, e"]'), file(b"x"))[0]
    assert isinstance(begun, UploadBegun)
    assert begun.details.tags == ("a", "b", "c", "d, e")


@pytest.mark.parametrize("tags", [b"[1]", b"[", b'["\\u0000"]', b'["\\ud800"]', b"[" * 3000])
def test_tags_that_are_no_list_of_texts_are_refused(tags: bytes) -> None:
    assert refusal(field("tags", tags), file(b"x")).code == "invalid_tags"


def test_a_form_without_a_file_has_no_file() -> None:
    assert refusal(field("options", b"{}")).code == "no_file"


def test_an_empty_form_has_no_file() -> None:
    with pytest.raises(NoFile):
        pieces()


def test_a_video_field_that_is_no_file_is_no_file() -> None:
    assert refusal(field("video", b"a.mp4")).code == "no_file"


@pytest.mark.parametrize("second", ["video", "file"])
def test_a_second_file_is_refused(second: str) -> None:
    assert refusal(file(b"x"), file(b"y", name=second)).code == "second_file"


def test_an_unknown_field_is_refused_with_its_name() -> None:
    error = refusal(field("colour", b"red"), file(b"x"))
    assert (error.code, error.fields[0].field) == ("unknown_field", "colour")


def test_a_field_given_twice_is_refused() -> None:
    assert refusal(field("options", b"{}"), field("options", b"{}"), file(b"x")).code == "duplicate_field"


@pytest.mark.parametrize("name", sorted(FIELD_LIMITS_BYTES))
def test_a_field_longer_than_its_limit_is_refused(name: str) -> None:
    assert refusal(field(name, b"x" * (FIELD_LIMITS_BYTES[name] + 1))).code == "field_too_long"


@pytest.mark.parametrize("value", [b"\xff", b"a\0b"])
def test_a_field_that_is_no_text_is_refused(value: bytes) -> None:
    assert refusal(field("external_id", value)).code == "not_text"


def test_more_parts_than_a_form_may_have_are_refused() -> None:
    assert refusal(*[field("tags", b"x")] * (MAX_PARTS + 1)).code == "too_many_fields"


def test_a_file_at_the_limit_passes() -> None:
    assert b"".join(one for one in pieces(file(b"x" * LIMIT)) if isinstance(one, bytes)) == b"x" * LIMIT


def test_a_file_above_the_limit_is_too_large() -> None:
    with pytest.raises(FileTooLarge):
        pieces(file(b"x" * LIMIT, b"x"))


def test_a_json_field_sent_as_a_file_is_still_that_field() -> None:
    begun = pieces(field("options", b"{}", filename="blob"), file(b"x"))[0]
    assert isinstance(begun, UploadBegun)
    assert begun.details.options_json == "{}"
