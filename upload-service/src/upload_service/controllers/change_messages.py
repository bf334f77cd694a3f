"""A video's record as protocol messages, in the words of the REST API."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from fiapx_common.grpc.timestamps import timestamp
from fiapx_proto.upload.v1 import upload_pb2

from upload_service.entities.changes import RecordedChange


def to_change(change: RecordedChange) -> upload_pb2.RecordedChange:
    """The message; whose video it is stands in the question."""
    return upload_pb2.RecordedChange(
        seq=change.seq, at=timestamp(change.at), fields_json=json.dumps(told(change.fields))
    )


def told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The recorded fields by the names that callers know."""
    known: dict[str, Any] = {}
    for name, value in fields.items():
        known |= _RENAMED[name](value) if name in _RENAMED else {name: value}
    return known


def _archive(archive: Mapping[str, Any] | None) -> dict[str, Any]:
    facts = archive or {}
    return {"archive_bytes": facts.get("size_bytes"), "frame_count": facts.get("frame_count")}


def _parsed(text: str | None) -> Any:
    return json.loads(text) if text else None


_RENAMED: Final[Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "archive": _archive,
    "attempt": lambda attempt: {"attempts": attempt},
    "metadata_json": lambda text: {"metadata": _parsed(text)},
    "options_json": lambda text: {"options": _parsed(text)},
    "user_id": lambda _: {},
}
