"""Tokens that stand in paths: whoever reads a trace must not be able to use them."""

import re
from typing import Any, Final

from opentelemetry.trace import Span
from starlette.types import Scope

SHARES_PREFIX: Final = "/api/v1/shares/"
_TOKEN: Final = re.compile(rf"(?<={SHARES_PREFIX})[^/?#]+")
_ADDRESSES: Final = ("http.target", "http.url", "url.path", "url.full")
"""Of OpenTelemetry's older and newer conventions."""


def hide_tokens(span: Span, scope: Scope) -> None:
    """Writes a request's addresses anew into its span, without the token of a link."""
    if scope["type"] != "http" or not scope["path"].startswith(SHARES_PREFIX):
        return
    told: dict[str, Any] = dict(getattr(span, "attributes", None) or {})
    for name in _ADDRESSES:
        if name in told:
            span.set_attribute(name, _TOKEN.sub("{token}", str(told[name])))
