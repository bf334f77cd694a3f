"""Values in a body that are JSON of the caller's own, for others to judge."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator


def json_text(value: Any) -> str:
    """The value as text; nothing: empty.

    Raises:
        ValueError: what can be read but not written: NaN, infinities, endless nesting.
    """
    try:
        return "" if value is None else json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise ValueError("must be JSON without NaN, infinities or endless nesting") from error


def _finite(value: Any) -> Any:
    json_text(value)
    return value


Json = Annotated[Any, AfterValidator(_finite)]
