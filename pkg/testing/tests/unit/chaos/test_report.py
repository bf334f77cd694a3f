from fiapx_testing.chaos.faults.striking import Struck
from fiapx_testing.chaos.report import by_fault, markdown, recoveries
from fiapx_testing.chaos.run import Verdict, Wish
from fiapx_testing.chaos.schedule import Fault, Strike


def struck(fault: Fault, target: str, recovery_s: float | None) -> Struck:
    return Struck(Strike(1.0, fault, target, 0.0), recovery_s)


STRUCK = (
    struck(Fault.KILL, "upload", 3.0),
    struck(Fault.DEAF, "store", 0.5),
    struck(Fault.KILL, "auth", 1.0),
    struck(Fault.KILL, "upload", 2.0),
)


def test_each_kind_of_fault_has_a_row_that_names_the_slowest() -> None:
    assert by_fault(STRUCK) == [
        {"fault": "deaf", "times": 1, "p50_s": 0.5, "p95_s": 0.5, "max_s": 0.5, "slowest": "store"},
        {"fault": "kill", "times": 3, "p50_s": 2.0, "p95_s": 3.0, "max_s": 3.0, "slowest": "upload"},
    ]


def test_machines_are_told_of_each_target() -> None:
    told = {(row["fault"], row["target"]): (row["times"], row["max_s"]) for row in recoveries(STRUCK)}

    assert told == {("deaf", "store"): (1, 0.5), ("kill", "auth"): (1, 1.0), ("kill", "upload"): (2, 3.0)}


def test_what_did_not_come_back_is_named_and_no_figure_hides_it() -> None:
    lost = (*STRUCK, struck(Fault.KILL, "planner", None))
    wish = Wish(uploads=1, seconds=1.0, times=dict.fromkeys(Fault, 1), seed=1)
    verdict = Verdict(lost, promises=1, videos={}, quiet_after_s=1.0, swept_after_s=1.0, breaches=())

    assert "| kill | 4 | **not back** | **not back** | **not back** | planner |" in markdown(wish, verdict)
    assert not verdict.holds


def test_faults_that_struck_nobody_are_named() -> None:
    wish = Wish(uploads=1, seconds=1.0, times=dict.fromkeys((Fault.KILL, Fault.DEAF, Fault.FULL), 1), seed=1)
    verdict = Verdict(STRUCK, promises=1, videos={}, quiet_after_s=1.0, swept_after_s=1.0, breaches=())

    assert "\nStruck nobody: full.\n" in markdown(wish, verdict)
