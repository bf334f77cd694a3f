"""What operators did stays written down."""

from datetime import UTC, datetime, timedelta

from fiapx_common.postgres import Deed, begin_deed, end_deed, latest_deeds
from sqlalchemy.ext.asyncio import AsyncEngine


async def test_a_deed_tells_who_did_what_to_whom_and_when(engine: AsyncEngine) -> None:
    deed = Deed("thing.paint", "thing-7", {"colour": "red"})
    await end_deed(engine, await begin_deed(engine, "ana", deed))
    (recorded,) = await latest_deeds(engine, 10)
    assert (recorded.operator, recorded.deed) == ("ana", deed)
    assert recorded.done_at is not None
    assert recorded.at <= recorded.done_at
    assert datetime.now(UTC) - recorded.at < timedelta(minutes=1)


async def test_a_deed_that_was_not_ended_is_recorded_as_begun(engine: AsyncEngine) -> None:
    await begin_deed(engine, "ana", Deed("thing.paint", "thing-7", {}))
    (recorded,) = await latest_deeds(engine, 10)
    assert recorded.done_at is None


async def test_the_newest_deeds_come_first(engine: AsyncEngine) -> None:
    for number in range(3):
        await begin_deed(engine, "ana", Deed("thing.paint", f"thing-{number}", {}))
    assert [one.deed.subject for one in await latest_deeds(engine, 2)] == ["thing-2", "thing-1"]
