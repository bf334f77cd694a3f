"""What a store says of an object's size."""

import httpx
import pytest
from fiapx.downloading import read_extent
from fiapx.errors import TransferBroken


def test_a_whole_answer_begins_at_its_first_byte() -> None:
    assert read_extent(httpx.Response(200, headers={"Content-Length": "10"})) == (0, 10)


def test_a_resumed_answer_begins_where_it_says() -> None:
    assert read_extent(httpx.Response(206, headers={"Content-Range": "bytes 4-9/10"})) == (4, 10)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200),
        httpx.Response(206, headers={"Content-Length": "10"}),
        httpx.Response(206, headers={"Content-Range": "bytes 4-9/*"}),
    ],
)
def test_an_unknown_size_is_refused(response: httpx.Response) -> None:
    with pytest.raises(TransferBroken):
        read_extent(response)
