import time
from collections.abc import Sequence
from threading import Event

import pytest
from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.faults.striking import Striker
from fiapx_testing.chaos.schedule import Errand, Fault, Schedule, Strike
from fiapx_testing.chaos.storm import Storm

LASTS_S = 0.4


class Slow:
    """A fault that takes longer than its slot."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def targets(self) -> Sequence[str]:
        return []

    def strike(self, strike: Strike) -> Healed:
        self._seen.append(f"strikes {strike.target}")
        time.sleep(LASTS_S)
        assert strike.target != "broken"
        return lambda: True


def errand(at_s: float, clip: str) -> Errand:
    return Errand(at_s, clip, "", "wait", "", in_parts=False)


def storm(seen: list[str], errands: Sequence[Errand], *strikes: Strike) -> Storm:
    plan = Schedule(strikes, tuple(errands), 1.0)
    users = [lambda errand: seen.append(f"uploads {errand.clip}")]
    return Storm(plan, users, Striker({Fault.KILL: Slow(seen)}), Event(), lambda *_: None)


def test_uploads_wait_for_the_faults_that_should_have_come_before_them() -> None:
    seen: list[str] = []
    strikes = [Strike(0.1 * number, Fault.KILL, str(number), 0.0) for number in range(3)]

    struck = storm(seen, [errand(0.15, "early"), errand(0.25, "late")], *strikes).blow()

    assert seen.index("uploads early") < seen.index("uploads late")
    assert seen.index("strikes 1") < seen.index("uploads early")
    assert seen.index("strikes 2") < seen.index("uploads late")
    assert [one.strike for one in struck] == strikes


def test_without_a_fault_each_upload_has_its_time() -> None:
    seen: list[str] = []
    began = time.monotonic()

    storm(seen, [errand(0.1, "one"), errand(0.3, "two")]).blow()

    assert seen == ["uploads one", "uploads two"]
    assert time.monotonic() - began >= 0.3


def test_when_a_fault_cannot_be_made_nobody_waits_for_it() -> None:
    with pytest.raises(AssertionError):
        storm([], [errand(0.9, "never")], Strike(0.0, Fault.KILL, "broken", 0.0)).blow()
