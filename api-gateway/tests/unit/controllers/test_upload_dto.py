"""The JSON of uploads in parts."""

import json
from typing import Any

import pytest
from api_gateway.controllers.upload_dto import CompletionRequest, PartsRequest, UploadRequest
from api_gateway.entities.direct_uploads import UploadedPart, WantedUpload
from api_gateway.entities.uploads import UploadDetails
from pydantic import ValidationError

LEAST = {"filename": "a.mp4", "size_bytes": 5}


def test_the_least_that_must_be_told_means_the_defaults() -> None:
    assert UploadRequest.model_validate(LEAST).wanted() == WantedUpload("a.mp4", 5, "", "", UploadDetails())


def test_all_that_may_be_told_goes_on() -> None:
    told = {
        "content_type": "video/mp4",
        "sha256": "ab" * 32,
        "options": {"sampling": {"rule": "fps", "fps": 0.3}},
        "external_id": "e-1",
        "metadata": {"é": [1, None]},
        "tags": ["a,b", "c"],
    }
    wanted = UploadRequest.model_validate(LEAST | told).wanted()
    assert (wanted.content_type, wanted.sha256) == ("video/mp4", "ab" * 32)
    assert (wanted.details.external_id, wanted.details.tags) == ("e-1", ("a,b", "c"))
    assert json.loads(wanted.details.options_json) == told["options"]
    assert json.loads(wanted.details.metadata_json) == told["metadata"]


def test_a_number_of_the_options_keeps_its_decimals() -> None:
    wanted = UploadRequest.model_validate(LEAST | {"options": json.loads('{"fps": 0.3}')}).wanted()
    assert wanted.details.options_json == '{"fps": 0.3}'


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "change",
    [
        {"filename": None},
        {"filename": "\0"},
        {"size_bytes": -1},
        {"size_bytes": 2**63},
        {"options": {"fps": float("nan")}},
        {"metadata": [float("inf")]},
        {"metadata": nested(100_000)},
        {"tags": "a,b"},
        {"colour": "red"},
    ],
    ids=["no name", "NUL", "negative", "huge", "NaN", "infinite", "deep", "tags", "unknown"],
)
def test_what_cannot_go_on_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        UploadRequest.model_validate(LEAST | change)


@pytest.mark.parametrize("numbers", [[], [0], [10_001], [*range(1, 102)], ["x"]])
def test_part_numbers_are_bounded(numbers: list[Any]) -> None:
    with pytest.raises(ValidationError):
        PartsRequest(part_numbers=numbers)


def test_parts_are_told_by_number_and_etag() -> None:
    told = CompletionRequest.model_validate({"parts": [{"part_number": 2, "etag": '"ab"'}]})
    assert [part.entity() for part in told.parts or ()] == [UploadedPart(2, '"ab"', 0)]
