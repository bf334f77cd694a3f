"""Events that are kept for tests."""

from datetime import UTC, datetime, timedelta

from fiapx_common.messaging import Message
from fiapx_testing.listening import LatestEvents


def message(time: datetime) -> Message:
    return Message(
        id="1",
        type="user.registered.v1",
        subject="ana",
        body=b"{}",
        headers={"cloudEvents:time": time.isoformat().replace("+00:00", "Z")},
        queue="tests",
        attempt=1,
        errors=0,
        redelivered=False,
        time=None,
    )


async def test_a_test_hears_what_is_written_after_its_beginning_only() -> None:
    latest = LatestEvents()
    before = message(datetime.now(UTC))
    heard = latest.from_now()
    after = message(datetime.now(UTC) + timedelta(milliseconds=1))

    for each in (after, before):
        await latest.keep(each)

    assert heard == [after]


async def test_the_next_test_begins_with_nothing_heard() -> None:
    latest = LatestEvents()
    first = latest.from_now()
    await latest.keep(message(datetime.now(UTC) + timedelta(milliseconds=1)))

    assert latest.from_now() == []
    assert len(first) == 1
