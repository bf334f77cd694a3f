"""An export as JSON, written while it is read: at no time more of it is held than a page of each list."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel

from api_gateway.controllers.export_dto import (
    ExportHeadDto,
    HistoryEntryDto,
    KeptSessionDto,
    OwnVideoDto,
    SentMailDto,
)
from api_gateway.controllers.shares_dto import ShareDto
from api_gateway.controllers.webhooks_dto import DeliveryDto, WebhookDto
from api_gateway.entities.exports import Export, ExportedVideo, ExportedWebhook

T = TypeVar("T")


async def written(export: Export) -> AsyncGenerator[bytes, None]:
    """The JSON of an `ExportDto` in pieces; where reading fails, it is left open."""
    yield _open(ExportHeadDto.of(export)) + b',"sessions":'
    async for piece in _array(export.sessions, KeptSessionDto.of):
        yield piece
    yield b',"videos":'
    async for piece in _objects(export.videos, _video):
        yield piece
    yield b',"shares":'
    async for piece in _array(export.shares, ShareDto.of):
        yield piece
    yield b',"mails":'
    async for piece in _array(export.mails, SentMailDto.of):
        yield piece
    yield b',"webhooks":'
    async for piece in _objects(export.webhooks, _webhook):
        yield piece
    yield b"}\n"


async def _video(video: ExportedVideo) -> AsyncIterator[bytes]:
    yield _open(OwnVideoDto.of(video.video)) + b',"history":'
    async for piece in _array(video.history, HistoryEntryDto.of):
        yield piece
    yield b"}"


async def _webhook(webhook: ExportedWebhook) -> AsyncIterator[bytes]:
    yield _open(WebhookDto.of(webhook.webhook)) + b',"deliveries":'
    async for piece in _array(webhook.deliveries, DeliveryDto.of):
        yield piece
    yield b"}"


async def _objects(items: AsyncIterator[T], told: Callable[[T], AsyncIterator[bytes]]) -> AsyncIterator[bytes]:
    """An array of what is itself told in pieces."""
    begun = b"["
    async for item in items:
        yield begun
        async for piece in told(item):
            yield piece
        begun = b","
    yield b"]" if begun == b"," else b"[]"


async def _array(pages: AsyncIterator[Sequence[T]], told: Callable[[T], BaseModel]) -> AsyncIterator[bytes]:
    begun = b"["
    async for page in pages:
        if page:
            yield begun + b",".join(_json(told(item)) for item in page)
            begun = b","
    yield b"]" if begun == b"," else b"[]"


def _open(told: BaseModel) -> bytes:
    """An object that goes on."""
    return _json(told).removesuffix(b"}")


def _json(told: BaseModel) -> bytes:
    return told.model_dump_json().encode()
