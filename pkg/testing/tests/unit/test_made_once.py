import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fiapx_testing.made_once import made_once


def test_of_many_who_want_a_file_one_makes_it(tmp_path: Path) -> None:
    makers: list[Path] = []

    def make(part: Path) -> None:
        makers.append(part)
        time.sleep(0.1)
        part.write_text("whole")

    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda _: made_once(tmp_path / "new" / "file.txt", make).read_text(), range(4)))
    assert read == ["whole"] * 4
    assert len(makers) == 1


def test_a_file_that_could_not_be_made_is_made_by_the_next(tmp_path: Path) -> None:
    def fail(part: Path) -> None:
        part.write_text("half")
        raise ValueError(part)

    with pytest.raises(ValueError, match="part-file"):
        made_once(tmp_path / "file.txt", fail)
    assert made_once(tmp_path / "file.txt", lambda part: part.write_text("whole")).read_text() == "whole"
