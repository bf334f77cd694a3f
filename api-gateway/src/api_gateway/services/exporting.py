"""All that is kept of a user, put together from the services that keep it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from fiapx_common.errors import NotFound

from api_gateway.entities.callers import Caller
from api_gateway.entities.exports import Export, ExportedVideo, ExportedWebhook, HistoryEntry, Page
from api_gateway.entities.videos import Video, VideoFilter
from api_gateway.entities.webhooks import Delivery, Webhook
from api_gateway.services.export_ports import Histories, KeptSessions, Mails
from api_gateway.services.library import Library
from api_gateway.services.ports import Accounts, KeyRing
from api_gateway.services.share_ports import Shares
from api_gateway.services.webhook_ports import WebhookRegistry

T = TypeVar("T")
_VIDEOS_AT_ONCE: Final = 50
_SHARES_AT_ONCE: Final = 200
_WEBHOOKS_AT_ONCE: Final = 200
_DELIVERIES_AT_ONCE: Final = 50
"""Each may carry some 20 kB."""


class Exporting:
    """Reads page by page, so however much there is, a page of each list is held and no call is open meanwhile."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        keys: KeyRing,
        sessions: KeptSessions,
        library: Library,
        histories: Histories,
        shares: Shares,
        mails: Mails,
        webhooks: WebhookRegistry,
    ) -> None:
        self._accounts = accounts
        self._keys = keys
        self._sessions = sessions
        self._library = library
        self._histories = histories
        self._shares = shares
        self._mails = mails
        self._webhooks = webhooks

    async def begin(self, caller: Caller) -> Export:
        """The export. Each service has been asked once, so whoever is away is known before anything is told.

        Raises:
            Unavailable: a service is away; later on, the lists raise it.
        """
        user_id = caller.user_id
        user = await self._accounts.user(user_id)
        sessions = partial(self._sessions.page, user_id)
        videos = partial(self._videos, caller)
        shares = partial(self._shares.page, user_id, None, _SHARES_AT_ONCE)
        mails = partial(self._mails.page, user_id)
        webhooks = partial(self._webhooks.page, user_id, limit=_WEBHOOKS_AT_ONCE)
        return Export(
            datetime.now(UTC),
            user,
            await self._keys.keys(user_id),
            _pages(await sessions(""), sessions),
            self._with_histories(caller, _pages(await videos(""), videos)),
            _pages(await shares(""), shares),
            _pages(await mails(""), mails),
            self._with_deliveries(user_id, _pages(await webhooks(""), webhooks)),
        )

    async def _videos(self, caller: Caller, cursor: str) -> Page[Video]:
        page = await self._library.list(caller, VideoFilter(), _VIDEOS_AT_ONCE, cursor)
        return Page(page.videos, page.next_cursor)

    async def _with_histories(
        self, caller: Caller, pages: AsyncIterator[Sequence[Video]]
    ) -> AsyncIterator[ExportedVideo]:
        async for page in pages:
            for video in page:
                history = partial(self._history, caller, video)
                yield ExportedVideo(video, _pages(await history(""), history))

    async def _history(self, caller: Caller, video: Video, cursor: str) -> Page[HistoryEntry]:
        try:
            return await self._histories.page(caller.user_id, video.id, cursor)
        except NotFound:
            # It was deleted meanwhile, and its record with it.
            return Page((), None)

    async def _with_deliveries(
        self, user_id: UUID, pages: AsyncIterator[Sequence[Webhook]]
    ) -> AsyncIterator[ExportedWebhook]:
        async for page in pages:
            for webhook in page:
                deliveries = partial(self._deliveries, user_id, webhook.id)
                yield ExportedWebhook(webhook, _pages(await deliveries(""), deliveries))

    async def _deliveries(self, user_id: UUID, webhook_id: UUID, cursor: str) -> Page[Delivery]:
        try:
            return await self._webhooks.deliveries(user_id, webhook_id, cursor, _DELIVERIES_AT_ONCE)
        except NotFound:
            # As above.
            return Page((), None)


async def _pages(page: Page[T], read: Callable[[str], Awaitable[Page[T]]]) -> AsyncIterator[Sequence[T]]:
    """The items of a first page, and of all that follow."""
    yield page.items
    while page.next_cursor is not None:
        page = await read(page.next_cursor)
        yield page.items
