"""Tables that are read page by page: `created_at` and `id` say which row comes next."""

from typing import Any

import sqlalchemy as sa

from fiapx_common.paging import Place


def newest_first(wanted: sa.Select[Any], table: sa.Table, after: Place | None) -> sa.Select[Any]:
    """The rows in their order, those after a place only."""
    ordered = wanted.order_by(table.c.created_at.desc(), table.c.id.desc())
    if after is None:
        return ordered
    place = sa.tuple_(sa.literal(after.created_at), sa.literal(after.id))
    return ordered.where(sa.tuple_(table.c.created_at, table.c.id) < place)
