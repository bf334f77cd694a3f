"""The ER diagrams in docs/architecture.md are those of the migrated databases."""

import asyncio
from itertools import groupby
from pathlib import Path

import pytest
from fiapx_common.postgres import upgrade
from fiapx_testing.plugin import CreateDatabase
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

ROOT = Path(__file__).parents[2]
SERVICES = ("auth", "upload", "processing", "notification")
TIMEOUT_S = 30

COLUMNS = text("""
    SELECT c.relname AS table_name, a.attname AS column_name, format_type(a.atttypid, NULL) AS type,
      bool_or(k.contype = 'p') IS TRUE AS pk, bool_or(k.contype = 'f') IS TRUE AS fk
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND a.attnum = ANY (k.conkey)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
    GROUP BY c.relname, a.attnum, a.attname, a.atttypid
    ORDER BY c.relname, a.attnum
""")
REFERENCES = text("""
    SELECT parent.relname AS parent, child.relname AS child
    FROM pg_constraint k JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
    WHERE k.contype = 'f' ORDER BY 1, 2
""")


async def diagram(owner_dsn: str) -> str:
    """Mermaid's text of a database, read from its catalog."""
    engine = create_async_engine(owner_dsn, connect_args={"timeout": TIMEOUT_S})
    try:
        async with engine.connect() as connection:
            columns = (await connection.execute(COLUMNS)).all()
            references = (await connection.execute(REFERENCES)).all()
    finally:
        await engine.dispose()
    lines = ["```mermaid", "erDiagram"]
    lines += [f"  {one.parent} ||--o{{ {one.child} : has" for one in references]
    for table, rows in groupby(columns, key=lambda row: row.table_name):
        lines.append(f"  {table} {{")
        for row in rows:
            keys = ", ".join(name for name, holds in (("PK", row.pk), ("FK", row.fk)) if holds)
            lines.append(f"    {row.type.replace(' ', '_')} {row.column_name} {keys}".rstrip())
        lines.append("  }")
    return "\n".join([*lines, "```"])


@pytest.mark.parametrize("service", SERVICES)
async def test_the_documentation_shows_the_database_as_it_is(service: str, postgres_database: CreateDatabase) -> None:
    database = await asyncio.to_thread(postgres_database, service)
    await upgrade(database.owner_dsn, ROOT / f"{service}-service" / "migrations")
    drawn = await diagram(database.owner_dsn)
    documented = (ROOT / "docs" / "architecture.md").read_text()
    assert drawn in documented, f"put this below the heading of `{service}`:\n{drawn}"
