"""The committed OpenAPI document shows by example what it says. That it is fresh, `make check` tells."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

DOCUMENT: Final[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Of every request and of every answer, but of those that are no text."""
    for path, calls in DOCUMENT["paths"].items():
        for method, call in calls.items():
            told = {"request": call.get("requestBody", {}), **call["responses"]}
            for name, body in told.items():
                for kind, media in body.get("content", {}).items():
                    if media["schema"].get("format") != "binary":
                        yield f"{method.upper()} {path} {name} {kind}", media


BODIES: Final = dict(bodies())


@pytest.mark.parametrize("name", BODIES)
def test_every_body_has_an_example_that_fits_its_schema(name: str) -> None:
    media = BODIES[name]
    examples = [one["value"] for one in media.get("examples", {}).values()] or [media["example"]]
    judge = jsonschema_rs.Draft202012Validator({**media["schema"], "components": DOCUMENT["components"]})
    assert [error.message for example in examples for error in judge.iter_errors(example)] == []


def test_it_knows_that_too_many_uploads_may_be_under_way() -> None:
    busy = DOCUMENT["paths"]["/api/v1/videos"]["post"]["responses"]["503"]["content"]["application/problem+json"]
    assert busy["examples"]["uploads_busy"]["value"]["status"] == 503
