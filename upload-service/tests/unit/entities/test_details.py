"""Names, tags, metadata, and what is not accepted of them."""

import pytest
from fiapx_common.errors import Invalid
from hypothesis import given
from hypothesis import strategies as st
from upload_service.entities.details import (
    archive_filename,
    clean_filename,
    lawful_external_id,
    lawful_metadata,
    lawful_tags,
)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("film.mp4", "film.mp4"),
        ("/etc/../a b.mp4", "a b.mp4"),
        ("C:\\Users\\me\\férias.mov", "férias.mov"),
        ("..", "video"),
        ("", "video"),
        (" \t ", "video"),
        ("folder/", "video"),
        ("a\x00b\r\nSet-Cookie: x.mp4", "abSet-Cookie: x.mp4"),
        ("\u202egpj.exe\u2069", "gpj.exe"),
        ("क\u200dष.mp4", "क\u200dष.mp4"),
        (".hidden", ".hidden"),
        ("-rf; $(x) 'y' \"z\".mp4", "-rf; $(x) 'y' \"z\".mp4"),
    ],
)
def test_a_filename_is_the_last_step_without_what_cannot_be_seen(given_name: str, kept: str) -> None:
    assert clean_filename(given_name) == kept


def test_a_long_name_is_cut_before_its_extension() -> None:
    name = clean_filename("é" * 300 + ".mp4")
    assert name.endswith("é.mp4")
    assert len(name.encode()) <= 255


def test_a_long_extension_is_no_extension() -> None:
    assert clean_filename("a." + "b" * 300) == "a." + "b" * 253


@given(st.text(max_size=400))
def test_any_text_gives_a_name_that_is_short_and_plain(text: str) -> None:
    name = clean_filename(text)
    assert 1 <= len(name.encode()) <= 255
    assert not set(name) & set("/\\\x00\r\n")
    assert clean_filename(name) == name


@pytest.mark.parametrize(
    ("filename", "archive"),
    [
        ("film.mp4", "film-frames.zip"),
        ("a.b.mov", "a.b-frames.zip"),
        ("film", "film-frames.zip"),
        (".hidden", ".hidden-frames.zip"),
    ],
)
def test_an_archive_is_named_after_its_video(filename: str, archive: str) -> None:
    assert archive_filename(filename) == archive


def test_an_archives_name_is_short_too() -> None:
    assert len(archive_filename("é" * 125 + ".mp4").encode()) <= 255


def test_tags_are_trimmed_and_kept_once_in_their_order() -> None:
    assert lawful_tags([" b ", "a", "b"]) == ("b", "a")


@pytest.mark.parametrize(
    ("tags", "field"),
    [
        ([str(number) for number in range(21)], "tags"),
        (["ok", ""], "tags.1"),
        (["x" * 65], "tags.0"),
        (["a\nb"], "tags.0"),
    ],
)
def test_unlawful_tags_are_refused_by_their_number(tags: list[str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        lawful_tags(tags)
    assert (refused.value.code, refused.value.fields[0].field) == ("invalid_tags", field)


def test_twenty_tags_of_64_characters_are_lawful() -> None:
    tags = [f"{number:064}" for number in range(20)]
    assert lawful_tags(tags) == tuple(tags)


def test_metadata_is_kept_as_it_was_written() -> None:
    assert lawful_metadata(' {"price": 1.10, "n": 1e300} ') == '{"price": 1.10, "n": 1e300}'


def test_no_metadata_is_none() -> None:
    assert lawful_metadata(" ") is None


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "1",
        '"text"',
        "{",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": [1e400]}',
        '{"a": {"b": "\\ud800"}}',
        '{"\\udfff": 1}',
        "[" * 3000,
        '{"a": ' + "[" * 32 + "]" * 32 + "}",
        '{"a": "' + "é" * 2048 + '"}',
        "\x00{}",
    ],
)
def test_unlawful_metadata_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        lawful_metadata(text)
    assert refused.value.code == "invalid_metadata"


def test_metadata_of_exactly_as_many_levels_are_lawful() -> None:
    text = '{"a": ' + "[" * 31 + "]" * 31 + "}"
    assert lawful_metadata(text) == text


def test_metadata_of_exactly_the_limit_are_lawful() -> None:
    text = '{"a":"' + "x" * (4096 - 8) + '"}'
    assert lawful_metadata(text) == text


def test_an_external_id_is_kept_and_an_empty_one_is_none() -> None:
    assert lawful_external_id("x" * 200) == "x" * 200
    assert lawful_external_id("") is None


@pytest.mark.parametrize("text", ["x" * 201, "a\x00", "a\nb"])
def test_unlawful_external_ids_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        lawful_external_id(text)
    assert refused.value.code == "invalid_external_id"
