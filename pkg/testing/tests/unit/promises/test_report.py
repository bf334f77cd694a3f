import json
from pathlib import Path

from fiapx_testing.figures import Figure
from fiapx_testing.promises.report import Result, markdown, write_json

WELL = Result("takeover", (Figure("p95", "ten kills", 1.5, "s", 2),), 61.4)
BROKEN = Result("broker-back", (Figure("missing", "21 consumers", 0, "", 0),), 9.0, "AssertionError: not within 60 s")


def test_a_measure_that_ended_early_does_not_hold_although_its_figures_do() -> None:
    assert WELL.holds
    assert not BROKEN.holds


def test_a_measure_without_figures_does_not_hold() -> None:
    assert not Result("takeover", (), 1.0).holds


def test_one_figure_that_misses_is_enough() -> None:
    missed = Figure("half-open", "worker-1", 30, "s", 20)

    assert not Result("takeover", (*WELL.figures, missed), 1.0).holds


def test_people_read_which_promise_each_figure_is_of_and_what_ended_early() -> None:
    text = markdown([WELL, BROKEN])

    assert "| *takeover*: p95 | ten kills | **1.5 s** | ≤ 2 s |" in text
    assert "It took: takeover 61 s, broker-back 9 s." in text
    assert "- **broker-back ended early**: AssertionError: not within 60 s" in text


def test_machines_read_the_same(tmp_path: Path) -> None:
    write_json([WELL, BROKEN], tmp_path / "results.json")

    told = json.loads((tmp_path / "results.json").read_text())["promises"]
    assert [(one["promise"], one["holds"]) for one in told] == [("takeover", True), ("broker-back", False)]
    assert told[0]["figures"] == [
        {"name": "p95", "of": "ten kills", "value": 1.5, "unit": "s", "bound": 2, "at_least": False}
    ]
