"""What a span tells of a request whose path has a token."""

from typing import Any

import pytest
from api_gateway.controllers.hidden_tokens import hide_tokens
from opentelemetry.sdk.trace import TracerProvider

TOKEN = "fs_x3Zt9aR0vYp5mJq1c7KdLw2hTn8sBg4uEf6iXoA9yZk"


def told(path: str, **attributes: Any) -> dict[str, Any]:
    """The attributes of a span after the hook."""
    span = TracerProvider(shutdown_on_exit=False).get_tracer("tests").start_span("GET", attributes=attributes)
    hide_tokens(span, {"type": "http", "path": path})
    return dict(getattr(span, "attributes", {}))


@pytest.mark.parametrize("below", ["", "/frames/3"])
def test_a_token_in_a_path_is_in_no_attribute(below: str) -> None:
    path = f"/api/v1/shares/{TOKEN}{below}"
    attributes = {"http.target": path, "http.url": f"http://127.0.0.1:8080{path}?width=160", "url.path": path}
    found = told(path, **attributes)
    assert TOKEN not in repr(found)
    assert found["http.target"] == f"/api/v1/shares/{{token}}{below}"
    assert found["http.url"] == f"http://127.0.0.1:8080/api/v1/shares/{{token}}{below}?width=160"


def test_other_paths_are_told_as_they_are() -> None:
    path = "/api/v1/videos/3f0c8a52-7a0e-4d54-9f57-1f2b6a4c9d10"
    assert told(path, **{"http.target": path}) == {"http.target": path}
