from datetime import timedelta

import pytest
from fiapx_engine.cpus import usable_threads
from processing_service.settings import MigrationSettings, Role, Settings, component
from pydantic import ValidationError

SERVERS = {
    "PROCESSING_POSTGRES__DSN": "postgresql+asyncpg://p:p@127.0.0.1/processing",
    "PROCESSING_POSTGRES__OWNER_DSN": "postgresql+asyncpg://o:o@127.0.0.1/processing",
    "PROCESSING_BROKER__URL": "amqp://p:p@127.0.0.1/",
    "PROCESSING_STORE__ENDPOINT": "127.0.0.1:9000",
    "PROCESSING_STORE__ACCESS_KEY": "a",
    "PROCESSING_STORE__SECRET_KEY": "s",
}


@pytest.fixture(autouse=True)
def _servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SERVERS.items():
        monkeypatch.setenv(name, value)


def test_a_process_has_all_roles_unless_told() -> None:
    assert Settings().roles == {Role.PLANNER, Role.WORKER, Role.ASSEMBLER}


def test_roles_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCESSING_ROLES", "planner, assembler")
    assert Settings().roles == {Role.PLANNER, Role.ASSEMBLER}


@pytest.mark.parametrize(
    ("roles", "why"), [("worker,cook", r"unknown role cook: choose from planner, worker, assembler"), ("", r"\(none\)")]
)
def test_an_unknown_role_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, roles: str, why: str) -> None:
    monkeypatch.setenv("PROCESSING_ROLES", roles)
    with pytest.raises(ValidationError, match=why):
        Settings()


def test_migrations_have_a_role_of_their_own() -> None:
    assert MigrationSettings().postgres.owner_dsn.get_secret_value() == SERVERS["PROCESSING_POSTGRES__OWNER_DSN"]


def test_results_are_kept_seven_days_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().retention == timedelta(days=7)
    monkeypatch.setenv("PROCESSING_RETENTION", "P30D")
    assert Settings().retention == timedelta(days=30)


@pytest.mark.parametrize(
    ("roles", "name"),
    [
        ({Role.PLANNER, Role.ASSEMBLER}, "processing-planner"),
        ({Role.WORKER}, "processing-worker"),
        (set(Role), "processing-service"),
    ],
)
def test_a_process_is_called_after_its_roles(roles: set[Role], name: str) -> None:
    assert component(roles) == name


def test_a_decoder_has_as_many_threads_as_are_of_use_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    decoder = Settings().decoder
    assert (decoder.of_ffmpeg.threads, decoder.of_libav.threads) == (usable_threads(), usable_threads())
    monkeypatch.setenv("PROCESSING_DECODER__THREADS", "7")
    decoder = Settings().decoder
    assert (decoder.of_ffmpeg.threads, decoder.of_libav.threads) == (7, 7)
