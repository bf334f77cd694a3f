"""Decisions are numbered in the order in which they were taken."""

from pathlib import Path

DECISIONS = sorted((Path(__file__).parents[2] / "docs" / "decisions").glob("*.md"))


def test_each_decision_has_the_next_number_in_its_name_and_its_title() -> None:
    named = [int(file.name.split("-")[0]) for file in DECISIONS]
    titled = [int(file.read_text().removeprefix("# ").split(".")[0]) for file in DECISIONS]
    assert named == titled == [*range(1, len(DECISIONS) + 1)]
