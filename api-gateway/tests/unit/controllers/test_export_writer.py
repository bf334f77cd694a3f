"""An export as JSON."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import pytest
from api_gateway.controllers.export_dto import ExportDto
from api_gateway.controllers.export_example import EXAMPLE
from api_gateway.controllers.export_writer import written
from api_gateway.entities.exports import Export, ExportedVideo, ExportedWebhook, HistoryEntry, KeptSession, SentMail
from api_gateway.entities.shares import Share
from api_gateway.entities.users import User
from api_gateway.entities.videos import Video
from api_gateway.entities.webhooks import Delivery, ReceiverAnswer, Webhook
from fiapx_models.statuses import VideoStatus

T = TypeVar("T")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
USER = User(UUID(int=1), "ana@example.com", "Ana", "pt-BR", True, NOW, 1)
SESSION = KeptSession(UUID(int=2), 'a "phone"', "198.51.100.7", NOW, NOW, NOW, NOW)
VIDEO = Video(
    id=UUID(int=3),
    filename="férias.mp4",
    size_bytes=1,
    sha256=None,
    external_id=None,
    metadata=None,
    tags=(),
    status=VideoStatus.QUEUED,
    progress=0,
    options={},
    media=None,
    frame_count=None,
    frames_expected=None,
    frames_ready=0,
    archive_bytes=None,
    warnings=(),
    error=None,
    attempt=1,
    created_at=NOW,
    started_at=None,
    finished_at=None,
    expires_at=None,
    source_expires_at=NOW,
)
ENTRY = HistoryEntry(NOW, {"status": "queued", "attempts": 1})
WEBHOOK = Webhook(UUID(int=4), "https://receiver.example/", ("video.failed.v1",), 'a "hook"', NOW, None)
DELIVERY = Delivery(
    id=UUID(int=5),
    type="video.failed.v1",
    video_id=VIDEO.id,
    attempt=1,
    payload={"type": "video.failed.v1"},
    status="delivered",
    tries=2,
    created_at=NOW,
    next_try_at=None,
    tried_at=NOW,
    ended_at=NOW,
    answer=ReceiverAnswer(204, "", 0.1),
    failure=None,
)
SHARE = Share(UUID(int=6), VIDEO.id, "for Bia", NOW, NOW, None)
MAIL = SentMail("<m>", "welcome", "Hello", "sent", None, "en", None, None, {}, NOW, NOW)


async def pages(*counts: int, of: T) -> AsyncIterator[Sequence[T]]:
    for count in counts:
        yield [of] * count


async def videos(*histories: tuple[int, ...]) -> AsyncIterator[ExportedVideo]:
    for counts in histories:
        yield ExportedVideo(VIDEO, pages(*counts, of=ENTRY))


async def webhooks(*deliveries: tuple[int, ...]) -> AsyncIterator[ExportedWebhook]:
    for counts in deliveries:
        yield ExportedWebhook(WEBHOOK, pages(*counts, of=DELIVERY))


async def text_of(export: Export) -> bytes:
    return b"".join([piece async for piece in written(export)])


@pytest.mark.parametrize("counts", [(), (0,), (1,), (2, 1), (1, 0, 1), (0, 2)])
async def test_every_page_is_in_it_and_the_whole_is_json(counts: tuple[int, ...]) -> None:
    export = Export(
        NOW,
        USER,
        (),
        pages(*counts, of=SESSION),
        videos(counts, (), (1,)),
        pages(*counts, of=SHARE),
        pages(*counts, of=MAIL),
        webhooks((), counts),
    )
    told = ExportDto.model_validate(json.loads(await text_of(export)))
    assert (told.exported_at, told.user.email) == (NOW, "ana@example.com")
    assert (len(told.sessions), len(told.shares), len(told.mails)) == (sum(counts),) * 3
    assert [len(video.history) for video in told.videos] == [sum(counts), 0, 1]
    assert [len(webhook.deliveries) for webhook in told.webhooks] == [0, sum(counts)]
    assert {webhook.description for webhook in told.webhooks} == {'a "hook"'}
    assert {video.filename for video in told.videos} == {"férias.mp4"}
    assert {one.user_agent for one in told.sessions} <= {'a "phone"'}


async def test_without_a_video_there_is_an_empty_list() -> None:
    export = Export(NOW, USER, (), pages(of=SESSION), videos(), pages(of=SHARE), pages(of=MAIL), webhooks())
    told = json.loads(await text_of(export))
    assert [told[name] for name in ("sessions", "videos", "shares", "mails", "webhooks")] == [[], [], [], [], []]


def test_the_documents_example_is_one() -> None:
    assert len(ExportDto.model_validate(EXAMPLE).videos[0].history) == 2
    assert EXAMPLE["videos"][0].keys() == ExportDto.model_validate(EXAMPLE).videos[0].model_dump().keys()


async def test_what_breaks_off_is_no_json() -> None:
    async def breaking() -> AsyncIterator[ExportedVideo]:
        yield ExportedVideo(VIDEO, pages(1, of=ENTRY))
        raise ConnectionError

    received = bytearray()

    async def read() -> None:
        breaking_off = pages(of=SHARE), pages(of=MAIL), webhooks()
        export = Export(NOW, USER, (), pages(of=SESSION), breaking(), *breaking_off)
        async for piece in written(export):
            received.extend(piece)

    with pytest.raises(ConnectionError):
        await read()
    with pytest.raises(json.JSONDecodeError):
        json.loads(received)
