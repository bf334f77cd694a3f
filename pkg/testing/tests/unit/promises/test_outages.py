from dataclasses import replace

import pytest
from fiapx_testing.promises.health import Health
from fiapx_testing.promises.outages import Seen, figures
from fiapx_testing.promises.probing import Answer

AWAY = Answer("list", 5.2, 503, "unavailable", retry_after=True)
NEEDING = ("auth", "worker")
READY = {"auth": False, "auth-2": False, "worker-1": False, "gateway": True}
WELL = Seen([AWAY, Answer("upload", 0.4, 201)], Health(60, [], READY), [], 1.2, 3.4)


def missed(seen: Seen) -> list[tuple[str, float, str]]:
    return [(one.name, one.value, one.of) for one in figures("redis refuses", NEEDING, seen) if not one.holds]


def test_an_outage_as_promised_misses_nothing() -> None:
    assert missed(WELL) == []


def test_the_longest_call_counts_and_is_named() -> None:
    slow = replace(WELL, answers=[*WELL.answers, Answer("upload", 10.5, 201)])

    assert missed(slow) == [("longest of 3 calls", 10.5, "redis refuses: upload")]


def test_other_answers_are_counted_and_named() -> None:
    wrong = replace(WELL, answers=[AWAY, Answer("login", 0.1, 401, "unauthenticated")])

    assert [(value, of) for _, value, of in missed(wrong)] == [(1, "redis refuses: 1 x login 401 unauthenticated")]


@pytest.mark.parametrize("name", ["auth-2", "worker-1"])
def test_who_stays_ready_without_what_it_needs_is_named(name: str) -> None:
    ready = replace(WELL, health=Health(60, [], READY | {name: True}))

    assert missed(ready) == [("programs that stayed ready without it", 1, f"redis refuses: {name}")]


def test_each_look_at_a_program_that_is_not_live_counts() -> None:
    hanging = replace(WELL, health=Health(60, ["auth", "auth", "gateway"], READY))

    assert missed(hanging) == [("looks at which one was not live", 3, "redis refuses: auth, gateway")]


def test_a_program_that_was_restarted_and_a_slow_recovery_are_told() -> None:
    assert missed(replace(WELL, restarted=["upload"], ready_after_s=11.0, completed_after_s=12.0)) == [
        ("programs that were restarted", 1, "redis refuses: upload"),
        ("its end to all programs ready", 11.0, "redis refuses"),
        ("its end to an upload completed", 12.0, "redis refuses"),
    ]
