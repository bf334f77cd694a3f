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


WITHOUT_VALIDATOR: Final = {
    # streamed while it is made
    "/api/v1/me/export",
    *("/api/v1/events", "/api/v1/videos/{video_id}/events"),
    # may be kept by everybody for a time
    "/.well-known/jwks.json",
}
READS: Final = {path for path, calls in DOCUMENT["paths"].items() if "get" in calls and not path.endswith(".zip")}


@pytest.mark.parametrize("path", sorted(READS - WITHOUT_VALIDATOR))
def test_a_read_has_a_validator_unless_it_is_streamed_or_public(path: str) -> None:
    answers = DOCUMENT["paths"][path]["get"]["responses"]
    assert "ETag" in answers["200"]["headers"]
    assert "304" in answers


def test_it_knows_that_too_many_uploads_may_be_under_way() -> None:
    busy = DOCUMENT["paths"]["/api/v1/videos"]["post"]["responses"]["503"]["content"]["application/problem+json"]
    assert busy["examples"]["uploads_busy"]["value"]["status"] == 503
