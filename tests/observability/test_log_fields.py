"""Every field that the code may log is in the index template, also those that no test run happens to write."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fiapx_testing.index_mapping import IndexMapping

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infrastructure" / "observability" / "elk" / "index-template.json"
MEMBERS = ("pkg/common", "api-gateway", "auth-service", "upload-service", "processing-service", "notification-service")
METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
NO_FIELDS = {"exc_info", "stack_info", "error"}
"""They become ECS's `error`."""


def logged() -> Iterator[tuple[str, Path]]:
    """Each field with the file that logs it."""
    for file in (file for member in MEMBERS for file in (ROOT / member / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _logs(node.func):
                yield from ((told.arg, file) for told in node.keywords if told.arg)


def _logs(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in METHODS
        and isinstance(function.value, ast.Name)
        and function.value.id == "log"
    )


@pytest.fixture
def known() -> set[str]:
    fields = IndexMapping(json.loads(TEMPLATE.read_text())).fields
    return {path.removeprefix("fiapx.") for path in fields if path.startswith("fiapx.")}


def test_a_field_that_the_code_logs_is_in_the_template(known: set[str]) -> None:
    unknown = {name: file.name for name, file in logged() if name not in known | NO_FIELDS}
    assert unknown == {}


def test_the_code_logs_fields_at_all() -> None:
    assert {"video_id", "user_id", "attempt", "message_id"} <= {name for name, _ in logged()}
