"""Pydantic's findings in our own words, whoever tells them: HTTP or gRPC."""

from collections.abc import Sequence
from typing import Any, Final

from fiapx_common.errors import FieldError

_PLAINER: Final = {
    "extra_forbidden": "is not a field here; leave it out",
    "union_tag_not_found": "must name its {discriminator}",
    "union_tag_invalid": "has {discriminator} {tag}, where it may have {expected_tags}",
}
"""What people are told in place of pydantic's own words, by its error type."""

_MOST_FIELDS: Final = 50
"""Whoever has more of them wrong has them wrong for the same reason."""


def fields_of(found: Sequence[Any], prefix: str = "") -> list[FieldError]:
    """Pydantic's findings, the first of very many, as fields with dotted paths.

    Below `prefix`, or a request's without their place (body).
    """
    fields = []
    for one in found[:_MOST_FIELDS]:
        path = [prefix, *one["loc"]] if prefix else one["loc"][1:]
        plainer = _PLAINER.get(one["type"])
        message = plainer.format_map(one.get("ctx", {})) if plainer else one["msg"].removeprefix("Value error, ")
        fields.append(FieldError(".".join(map(str, path)), message, one["type"]))
    return fields
