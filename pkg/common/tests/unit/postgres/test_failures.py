"""Which of PostgreSQL's errors mean: later."""

import pytest
from fiapx_common.postgres.failures import means_later


class DriverError(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    "state",
    ["08006", "40001", "40P01", "53300", "57014", "57P01", "57P03", "55P03", "25P03", "25006"],
    ids=[
        "connection_failure",
        "serialization_failure",
        "deadlock_detected",
        "too_many_connections",
        "query_canceled",
        "admin_shutdown",
        "cannot_connect_now",
        "lock_not_available",
        "idle_in_transaction_session_timeout",
        "read_only_sql_transaction",
    ],
)
def test_what_heals_by_itself_means_later(state: str) -> None:
    assert means_later(DriverError(state))


@pytest.mark.parametrize("state", ["23505", "42P01", "22P02", "42501", None])
def test_what_would_fail_again_does_not(state: str | None) -> None:
    assert not means_later(DriverError(state))


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), OSError(113, "No route to host")])
def test_a_network_failure_means_later(error: Exception) -> None:
    assert means_later(error)


def test_a_mistake_of_ours_does_not() -> None:
    assert not means_later(TypeError())
