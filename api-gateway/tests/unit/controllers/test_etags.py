"""Whether a client has the bytes already."""

import pytest
from api_gateway.controllers.etags import etag_of, is_known

ETAG = etag_of("5f70")


@pytest.mark.parametrize("header", ['"5f70"', 'W/"5f70"', '"a", "5f70"', '"a" ,W/"5f70" , "b"', "*"])
def test_bytes_that_the_client_has_are_known(header: str) -> None:
    assert is_known(header, ETAG)
    assert is_known(header, f"W/{ETAG}")


@pytest.mark.parametrize("header", [None, "", "5f70", '"5f7"', '"5F70"', '*, "a"'])
def test_other_bytes_are_not(header: str | None) -> None:
    assert not is_known(header, ETAG)
