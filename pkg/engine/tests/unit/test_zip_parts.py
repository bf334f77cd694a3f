import io
import subprocess
import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from fiapx_engine.zip_parts import Directory, ZipPart, ZipRow, central_directory, data_offset
from hypothesis import given
from hypothesis import strategies as st

Content = list[tuple[str, bytes]]


def part_of(content: Content) -> tuple[bytes, ZipPart]:
    part = ZipPart()
    written = b"".join(chunk for name, data in content for chunk in part.append(name, data))
    return written, part


def archive_of(*contents: Content) -> bytes:
    made = [part_of(content) for content in contents]
    return b"".join(written for written, _ in made) + central_directory(
        [(part.length_bytes, part.rows) for _, part in made]
    )


def test_an_archive_of_parts_is_read_by_unzip(tmp_path: Path) -> None:
    path = tmp_path / "frames.zip"
    path.write_bytes(archive_of([("a.png", b"first"), ("b.png", b"")], [("c.json", b"{}")]))

    told = subprocess.run(["unzip", "-t", path], capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout + told.stderr
    assert "No errors detected" in told.stdout


def test_entries_are_stored_with_a_fixed_date_and_utf8_names() -> None:
    (entry,) = zipfile.ZipFile(io.BytesIO(archive_of([("quadro_é.png", b"12345")]))).infolist()

    assert entry.filename == "quadro_é.png"
    assert entry.compress_type == zipfile.ZIP_STORED
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_a_row_tells_crc_size_hash_and_place() -> None:
    written, part = part_of([("a", b"x"), ("b", b"hello")])

    row = part.rows[1]
    assert row.crc32 == zlib.crc32(b"hello")
    assert row.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert written[data_offset(row) : data_offset(row) + row.size_bytes] == b"hello"


def test_data_is_passed_on_uncopied() -> None:
    data = b"large image"

    *_, last = ZipPart().append("a.png", data)

    assert last is data


@dataclass(frozen=True)
class Huge(bytes):
    """Nothing but a length."""

    def __len__(self) -> int:
        return 2**32


def test_an_entry_of_four_gib_is_refused() -> None:
    with pytest.raises(ValueError, match="4 GiB"):
        ZipPart().append("a", Huge())


@pytest.mark.parametrize("count", [65_534, 65_535, 65_536, 70_000])
def test_an_archive_may_have_more_entries_than_the_old_format_counts(count: int) -> None:
    content = [(f"{number:06}", b"%d" % number) for number in range(count)]

    archive = zipfile.ZipFile(io.BytesIO(archive_of(content[: count // 3], content[count // 3 :])))

    assert len(archive.infolist()) == count
    assert archive.read(f"{count - 1:06}") == b"%d" % (count - 1)


def test_offsets_may_exceed_four_gib(tmp_path: Path) -> None:
    path = tmp_path / "sparse.zip"
    head, first = part_of([("a.png", b"at the front")])
    tail, last = part_of([("z.png", b"beyond 4 GiB")])
    hole = 5 * 2**30
    with path.open("wb") as file:
        file.write(head)
        file.seek(hole)
        file.write(tail)
        file.write(central_directory([(hole, first.rows), (last.length_bytes, last.rows)]))

    told = subprocess.run(["unzip", "-tq", path], capture_output=True, text=True, check=False)

    assert zipfile.ZipFile(path).read("z.png") == b"beyond 4 GiB"
    assert zipfile.ZipFile(path).testzip() is None
    assert "No errors detected" in told.stdout


END64, END = b"PK\x06\x06", b"PK\x05\x06"


@pytest.mark.parametrize("begin", [0xFFFF_FFFE, 0xFFFF_FFFF, 0x1_0000_0000])
def test_an_entry_may_begin_just_where_the_old_format_ends(tmp_path: Path, begin: int) -> None:
    path = tmp_path / "sparse.zip"
    head, first = part_of([("a.png", b"at the front")])
    tail, last = part_of([("z.png", b"at the boundary")])
    with path.open("wb") as file:
        file.write(head)
        file.seek(begin)
        file.write(tail)
        file.write(central_directory([(begin, first.rows), (last.length_bytes, last.rows)]))

    told = subprocess.run(["unzip", "-tq", path], capture_output=True, text=True, check=False)

    archive = zipfile.ZipFile(path)
    assert (archive.getinfo("z.png").header_offset, archive.read("z.png")) == (begin, b"at the boundary")
    assert "No errors detected" in told.stdout


@pytest.mark.parametrize(("begin", "needs64"), [(0xFFFF_FFFE, False), (0xFFFF_FFFF, True)])
def test_a_directory_may_begin_just_where_the_old_format_ends(tmp_path: Path, begin: int, needs64: bool) -> None:
    path = tmp_path / "sparse.zip"
    head, part = part_of([("a.png", b"at the front")])
    directory = central_directory([(begin, part.rows)])
    with path.open("wb") as file:
        file.write(head)
        file.seek(begin)
        file.write(directory)

    told = subprocess.run(["unzip", "-tq", path], capture_output=True, text=True, check=False)

    assert zipfile.ZipFile(path).read("a.png") == b"at the front"
    assert "No errors detected" in told.stdout
    assert (END64 in directory, END in directory) == (needs64, True)


@pytest.mark.parametrize(("count", "needs64"), [(65_534, False), (65_535, True)])
def test_more_entries_than_the_old_format_counts_need_the_new_one(count: int, needs64: bool) -> None:
    row = ZipRow("a", 0, 0, 0, "")
    assert (END64 in central_directory([(31, [row] * count)])) is needs64


@given(st.lists(st.binary(max_size=50), max_size=12), st.lists(st.integers(0, 12), max_size=4))
def test_the_archive_does_not_depend_on_how_it_was_divided(files: list[bytes], cuts: list[int]) -> None:
    content = [(f"{number}.png", data) for number, data in enumerate(files)]
    edges = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]

    divided = [content[start:end] for start, end in pairwise(edges)]

    assert archive_of(*divided) == archive_of(content)


def test_rows_of_any_kind_make_a_directory() -> None:
    assert central_directory([(0, [])]) == b"PK\x05\x06" + bytes(18)
    assert b"one.png" in central_directory([(50, [ZipRow("one.png", 0, 1, 0, "")])])


def test_a_directory_of_far_entries_is_written_as_zip64() -> None:
    directory = Directory()
    directory.add(ZipRow("far.png", 0, 5, 0, ""), 5 << 30)
    closed = directory.closed(6 << 30)
    assert b"PK\x06\x06" in closed
    assert (5 << 30).to_bytes(8, "little") in closed
