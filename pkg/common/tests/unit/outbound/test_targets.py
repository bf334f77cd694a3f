"""Addresses that users give: read strictly, refused with words."""

import pytest
from fiapx_common.outbound import Target, TargetRules, read_target

PUBLIC, PRIVATE = TargetRules(ports=(443, 8443)), TargetRules(private=True)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com", Target("https", "example.com", 443, "/")),
        ("HTTPS://Example.COM/Hook?a=1&b=%20", Target("https", "example.com", 443, "/Hook?a=1&b=%20")),
        ("https://example.com:8443/a/../b", Target("https", "example.com", 8443, "/a/../b")),
        ("https://xn--bcher-kva.example./", Target("https", "xn--bcher-kva.example.", 443, "/")),
        ("https://[2606:4700::1111]/hook", Target("https", "2606:4700::1111", 443, "/hook")),
        ("https://8.8.8.8/hook", Target("https", "8.8.8.8", 443, "/hook")),
    ],
)
def test_an_address_is_read_into_its_parts(url: str, target: Target) -> None:
    assert read_target(url, PUBLIC) == target


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "plain ASCII"),
        ("example.com", "https://"),
        ("/hook", "https://"),
        ("http://example.com", "must begin with https://"),
        ("ftp://example.com", "https://"),
        ("file:///etc/passwd", "https://"),
        ("https://", "host"),
        ("https:///hook", "host"),
        ("https://:443/", "host"),
        ("https://exa%6dple.com/", "host"),
        ("https://a..b/", "host"),
        ("https://user@example.com", "user's name"),
        ("https://user:secret@example.com", "user's name"),
        ("https://example.com@127.0.0.1/", "user's name"),
        ("https://example.com/#hook", "fragment"),
        ("https://example.com/#", "fragment"),
        ("https://example.com:22/", "port 443 or 8443"),
        ("https://example.com:0/", "port"),
        ("https://example.com:99999/", "such as"),
        ("https://example.com:port/", "such as"),
        ("https://[::1", "such as"),
        ("https://[fe80::1%25eth0]/", "host"),
        ("https://example.com\\@127.0.0.1/", "plain ASCII"),
        ("https://example.com/a b", "plain ASCII"),
        ("https://example.com/\r\nHost: other", "plain ASCII"),
        ("https://example.com/\0", "plain ASCII"),
        ("https://bücher.example/", "plain ASCII"),
        ("https://①②⑦.⓪.⓪.①/", "plain ASCII"),
        (f"https://example.com/{'a' * 2000}", "2000 characters"),
        ("https://127.0.0.1/", "private"),
        ("https://10.0.0.1/", "private"),
        ("https://169.254.169.254/latest/meta-data", "private"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:127.0.0.1]/", "private"),
        ("https://[64:ff9b::7f00:1]/", "private"),
    ],
)
def test_an_address_that_there_cannot_be_is_refused_with_the_reason(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_target(url, PUBLIC)


def test_where_private_targets_are_allowed_http_any_port_and_loopback_are() -> None:
    assert read_target("http://127.0.0.1:8123/hook", PRIVATE) == Target("http", "127.0.0.1", 8123, "/hook")


@pytest.mark.parametrize("url", ["http://user@127.0.0.1/", "gopher://127.0.0.1/", "http://127.0.0.1/#a"])
def test_private_targets_must_be_well_formed_too(url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        read_target(url, PRIVATE)


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://example.com/", "example.com"),
        ("https://example.com:8443/", "example.com:8443"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
    ],
)
def test_the_header_host_names_the_port_where_it_is_another(url: str, authority: str) -> None:
    assert read_target(url, PUBLIC).authority == authority
