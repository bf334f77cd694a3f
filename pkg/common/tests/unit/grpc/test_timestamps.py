from datetime import UTC, datetime, timedelta, timezone

from fiapx_common.grpc.timestamps import moment, timestamp

AT = datetime(2026, 11, 30, 12, 0, 0, 250_000, tzinfo=UTC)


def test_a_moment_comes_back_as_it_went() -> None:
    sent = timestamp(AT)

    assert sent is not None
    assert moment(sent) == AT
    assert moment(sent).utcoffset() == timedelta(0)


def test_the_zone_of_a_moment_does_not_matter() -> None:
    assert timestamp(AT.astimezone(timezone(timedelta(hours=-3)))) == timestamp(AT)


def test_no_moment_is_no_timestamp() -> None:
    assert timestamp(None) is None
