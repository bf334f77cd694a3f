"""JSON bodies that are wrong in very many places at once."""

from typing import Any

import pytest
from api_gateway.controllers.dto import LoginRequest
from api_gateway.controllers.upload_dto import CompletionRequest, UploadRequest
from pydantic import BaseModel, ValidationError

STRANGERS = {f"x{number}": 0 for number in range(5_000)}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (LoginRequest, STRANGERS),
        (UploadRequest, STRANGERS),
        (CompletionRequest, {"parts": [STRANGERS]}),
        (CompletionRequest, {"parts": [{}] * 10_000}),
    ],
    ids=["login", "upload", "within a part", "parts"],
)
def test_very_many_mistakes_are_not_told_one_by_one(body: type[BaseModel], value: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        body.model_validate(value)
    assert refused.value.error_count() <= 2


def test_a_few_unknown_names_are_each_told() -> None:
    with pytest.raises(ValidationError) as refused:
        LoginRequest.model_validate({"email": "a", "password": "b", "colour": 1, "size": 2})
    assert [one["loc"] for one in refused.value.errors()] == [("colour",), ("size",)]
