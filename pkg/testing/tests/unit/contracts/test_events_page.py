"""Every event is documented whole."""

import pytest
from fiapx_models.events import Event
from fiapx_models.media import Failure, Media, Warned
from fiapx_testing.contracts.event_examples import EXAMPLES
from fiapx_testing.contracts.events_page import described_fields, events_page
from pydantic import BaseModel

SHOWN = [type(one) for examples in EXAMPLES.values() for one in examples]


def concrete(kind: type[Event] = Event) -> list[type[Event]]:
    """All event classes that name a type."""
    below = [inner for sub in kind.__subclasses__() for inner in concrete(sub)]
    return ([kind] if "TYPE" in vars(kind) else []) + below


def test_every_event_has_one_example() -> None:
    assert sorted(kind.TYPE for kind in SHOWN) == sorted(kind.TYPE for kind in concrete())


@pytest.mark.parametrize("kind", [*SHOWN, Media, Warned, Failure], ids=lambda kind: kind.__name__)
def test_every_field_says_what_it_is(kind: type[BaseModel]) -> None:
    assert [name for name, text in described_fields(kind).items() if not text] == []


def test_the_page_tells_types_fields_headers_and_examples() -> None:
    page = events_page()
    for kind in SHOWN:
        assert f"## `{kind.TYPE}`" in page
    assert "| `video_id` | string (uuid) |  | The video. |" in page
    assert "| `error` | [Failure](#failure) or null | may be absent |" in page
    assert "### Failure" in page
    assert "| `cloudEvents:subject` |" in page
    assert '"filename": "holiday.mp4"' in page
