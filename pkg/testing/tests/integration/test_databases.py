"""Databases that serve one test after the other."""

import asyncio
from collections.abc import Iterator

import pytest
from fiapx_testing.databases import Database, Databases
from fiapx_testing.servers import Servers
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


def run(dsn: str, *statements: str) -> list[tuple[object, ...]]:
    """Rows of the last statement."""

    async def work() -> list[tuple[object, ...]]:
        engine = create_async_engine(dsn, poolclass=NullPool)
        async with engine.begin() as connection:
            for statement in statements:
                result = await connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []

    return asyncio.run(work())


def migrate(owner_dsn: str) -> None:
    run(
        owner_dsn,
        "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
        "CREATE TABLE videos (user_id bigint NOT NULL REFERENCES users)",
    )


@pytest.fixture
def databases(servers: Servers) -> Iterator[Databases]:
    made = Databases(servers.postgres)
    yield made
    made.drop_all()


@pytest.fixture
def used(databases: Databases) -> Database:
    """Given back with rows in it."""
    database = databases.create("auth", migrate)
    run(database.dsn, "INSERT INTO users DEFAULT VALUES", "INSERT INTO videos SELECT id FROM users")
    databases.give_back(database)
    return database


def test_a_database_given_back_serves_again(databases: Databases, used: Database) -> None:
    assert databases.create("auth", migrate) == used


def test_no_row_of_who_had_it_before_is_left(databases: Databases, used: Database) -> None:
    again = databases.create("auth", migrate)

    assert run(again.dsn, "SELECT count(*) FROM users UNION ALL SELECT count(*) FROM videos") == [(0,), (0,)]


def test_its_sequences_begin_anew(databases: Databases, used: Database) -> None:
    again = databases.create("auth", migrate)

    assert run(again.dsn, "INSERT INTO users DEFAULT VALUES", "SELECT id FROM users") == [(1,)]


def test_rows_are_deleted_while_it_is_used_and_its_sequences_go_on(databases: Databases) -> None:
    database = databases.create("auth", migrate)
    run(database.dsn, "INSERT INTO users DEFAULT VALUES", "INSERT INTO videos SELECT id FROM users")

    databases.delete_rows(database)

    assert run(database.dsn, "SELECT count(*) FROM users UNION ALL SELECT count(*) FROM videos") == [(0,), (0,)]
    assert run(database.dsn, "INSERT INTO users DEFAULT VALUES", "SELECT id FROM users") == [(2,)]


def test_rows_of_tables_that_are_kept_stay(databases: Databases) -> None:
    database = databases.create("auth", migrate)
    run(database.dsn, "INSERT INTO users DEFAULT VALUES", "INSERT INTO videos SELECT id FROM users")

    databases.delete_rows(database, kept=("users",))

    assert run(database.dsn, "SELECT count(*) FROM users UNION ALL SELECT count(*) FROM videos") == [(1,), (0,)]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE videos ADD title text",
        "DROP TABLE videos",
        "ALTER TABLE videos ALTER user_id DROP NOT NULL",
        "CREATE INDEX ON videos (user_id)",
        "ALTER TABLE videos ADD CHECK (user_id > 0)",
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "REVOKE SELECT ON videos FROM auth_tests",
    ],
)
def test_one_whose_schema_was_changed_serves_nobody_again(databases: Databases, used: Database, change: str) -> None:
    run(used.owner_dsn, change)

    assert databases.create("auth", migrate) != used
