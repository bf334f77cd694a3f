"""Which versions an edit may start from."""

import time

import pytest
from api_gateway.controllers.if_match import read_versions, version_etag
from fiapx_common.errors import Invalid

ETAG = version_etag(0x64A1F)


@pytest.mark.parametrize(
    ("lines", "versions"),
    [
        ([], None),
        (["*"], None),
        ([" * "], None),
        (['"64a1f"'], (0x64A1F,)),
        (['"1", "2" ,"3"'], (1, 2, 3)),
        (['"1"', '"2"'], (1, 2)),
        ([', "1",,'], (1,)),
        (['W/"64a1f"'], ()),
        (['"64A1F"'], ()),
        (['"of,others", "1"'], (1,)),
        (['""'], ()),
        (['"0123456789abcdef"'], ()),
    ],
)
def test_strong_tags_of_ours_name_versions_and_others_name_none(lines: list[str], versions: object) -> None:
    assert read_versions(lines) == versions


@pytest.mark.parametrize("text", ["", " ", ",", "64a1f", '"64a1f', '"1" "2"', '*, "1"', 'w/"1"', '"a b"'])
def test_what_is_no_list_of_tags_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_versions([text])
    assert [wrong.field for wrong in refused.value.fields] == ["If-Match"]


def test_an_etag_names_its_version() -> None:
    assert ETAG == '"64a1f"'
    assert read_versions([ETAG]) == (0x64A1F,)


@pytest.mark.parametrize("piece", [" ", ",", '"', '"a"', 'W/"', '"a" '])
def test_a_long_header_takes_no_long_time(piece: str) -> None:
    began_s = time.monotonic()
    with pytest.raises(Invalid):
        read_versions([piece * 5_000 + "x"])
    assert time.monotonic() - began_s < 1
