from collections import Counter
from typing import Any

from fiapx_testing.chaos.schedule import Fault, Schedule, schedule

TARGETS = {Fault.KILL: ["upload", "postgres"], Fault.STOP: ["worker-1"]}


def drawn(seed: int = 1, **changes: Any) -> Schedule:
    wanted: dict[str, Any] = {
        "uploads": 50,
        "seconds": 100.0,
        "targets": TARGETS,
        "times": dict.fromkeys(Fault, 10),
        "clips": ["a", "b"],
        "options": ["one", "two"],
    }
    return schedule(seed, **{**wanted, **changes})


def test_a_seed_replays_a_run() -> None:
    assert drawn() == drawn()
    assert drawn() != drawn(2)


def test_each_program_gets_each_of_its_faults_as_often_as_asked() -> None:
    counts = Counter((strike.fault, strike.target) for strike in drawn().strikes)

    assert counts == {(Fault.KILL, "upload"): 10, (Fault.KILL, "postgres"): 10, (Fault.STOP, "worker-1"): 10}


def test_one_fault_may_strike_more_often_than_another() -> None:
    counts = Counter(strike.fault for strike in drawn(times={Fault.KILL: 3, Fault.STOP: 1}).strikes)

    assert counts == {Fault.KILL: 6, Fault.STOP: 1}


def test_uploads_and_faults_lie_within_the_run_in_the_order_of_time() -> None:
    for times in ([one.at_s for one in drawn().strikes], [one.at_s for one in drawn().errands]):
        assert times == sorted(times)
        assert 0 <= times[0] <= times[-1] <= 100


def test_what_is_killed_is_not_given_back_and_what_is_stopped_is() -> None:
    lasting = {strike.fault: strike.lasts_s for strike in drawn().strikes}

    assert lasting[Fault.KILL] == 0
    assert lasting[Fault.STOP] >= 2


def test_of_processes_that_reach_no_server_some_do_so_for_longer_than_a_lease() -> None:
    struck = drawn(targets={Fault.PARTITION: ["worker-1", "worker-2"]}).strikes

    assert min(strike.lasts_s for strike in struck) < 10 < max(strike.lasts_s for strike in struck)


def test_most_uploads_are_streamed_and_some_go_in_parts() -> None:
    assert 0 < sum(errand.in_parts for errand in drawn().errands) < 25


def test_there_are_as_many_uploads_as_asked_and_not_all_are_waited_for() -> None:
    errands = drawn().errands

    assert len(errands) == 50
    assert {errand.then for errand in errands} == {"wait", "cancel", "delete", "retry"}


def test_most_uploads_are_other_files_and_some_are_the_same_again() -> None:
    tails = [errand.tail for errand in drawn().errands]

    assert 0 < tails.count("") < 25
    assert len({*tails}) == 1 + sum(map(bool, tails))
