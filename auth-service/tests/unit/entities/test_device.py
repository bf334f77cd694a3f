"""What clients say of themselves."""

import pytest
from auth_service.entities.device import Device, read_device


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("", ""),
        ("curl/8.5.0", "curl/8.5.0"),
        ("  Mozilla/5.0\t(X11)  ", "Mozilla/5.0 (X11)"),
        ("a\r\nb\x00c\x1b[31m\u202ed\u2028e", "a b c [31m d e"),
        ("x" * 10_000, "x" * 256),
        ("x" * 255 + " y", "x" * 255),
        ("\ud800", ""),
    ],
)
def test_a_user_agent_is_kept_as_one_line_of_bounded_length(sent: str, kept: str) -> None:
    assert read_device(sent, "").user_agent == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("192.0.2.7", "192.0.2.7"), (" 2001:DB8::1 ", "2001:db8::1"), ("", ""), ("unknown", ""), ("1.2.3.4, 5.6.7.8", "")],
)
def test_an_address_that_is_none_is_unknown(sent: str, kept: str) -> None:
    assert read_device("", sent).address == kept


def test_what_a_device_no_longer_says_is_what_it_said_before() -> None:
    before = Device("curl/8", "192.0.2.7")
    assert before.seen_again(Device("", "192.0.2.8")) == Device("curl/8", "192.0.2.8")
    assert before.seen_again(Device("curl/9", "")) == Device("curl/9", "192.0.2.7")
