"""What an operator sends again, and the running service makes of it."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fiapx_common.running import Started
from fiapx_models.events import Event, VideoProcessed
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.admin_commands import Admin
from fiapx_testing.brokers import Broker

Send = Callable[..., Awaitable[upload_pb2.Video]]
Watch = Callable[[upload_pb2.Video, str], Awaitable[upload_pb2.Video]]
Bury = Callable[..., Awaitable[UUID]]


async def test_a_redriven_message_is_handled_as_usual(
    admin: Admin, bury: Bury, send: Send, watch: Watch, outcome: Callable[..., Event]
) -> None:
    video = await send()
    message_id = await bury(outcome(VideoProcessed, video).model_dump_json().encode(), subject=video.id)
    ended = await admin("--by", "ana", "dead-letters", "redrive", str(message_id)[:13])
    assert (ended.code, ended.words.splitlines()[-1]) == (0, "1 dead letter sent again.")
    assert (await watch(video, "completed")).frame_count == 2
    assert (await admin("dead-letters", "list", "--json")).words == ""


async def test_no_queue_is_forgotten(service: Started, broker: Broker, admin: Admin) -> None:
    dead = {name for name in await broker.queue_names() if name.startswith("upload.") and name.endswith(".dead")}
    assert len(dead) > 0
    for name in dead:
        assert (await admin("dead-letters", "list", "--queue", name.removesuffix(".dead"))).code == 0
