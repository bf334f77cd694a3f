"""Shares: made, listed, revoked, and asked for with each call that presents a link's token."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog
from fiapx_common.opaque_tokens import token_hash
from fiapx_common.paging import Page, Place

from upload_service.entities.errors import ArchiveExpired, ShareNotFound, TooManyShares
from upload_service.entities.idempotency import Made, RequestKey, sharing_fingerprint
from upload_service.entities.listing import LIMIT, LIMIT_HIGHEST
from upload_service.entities.share import Share, ShareWish, new_share_token
from upload_service.services.ports import UnitsOfWork
from upload_service.services.repeating import Held, Repeating

_NOTED_EVERY: Final = timedelta(minutes=5)
"""A share's last use: each look would else write a row."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ShareLimits:
    """What links there may be."""

    of_one_video: int
    usual: timedelta
    """How long one is good where nobody says."""
    keep_result: timedelta
    """How long frames are kept: those of a video whose frames are still to come, from now at the least."""


class Sharing:
    """A user's links to their videos. They are to the video: after another attempt, they show what that gave."""

    def __init__(self, work: UnitsOfWork, repeating: Repeating, limits: ShareLimits) -> None:
        self._work = work
        self._repeating = repeating
        self._limits = limits

    async def make(self, user_id: UUID, video_id: UUID, wish: ShareWish, key: RequestKey | None) -> tuple[Share, str]:
        """A new share and its token, which nobody can be told again.

        Asked again under the same key, the share is the one that was made, with a new token: the one before, whose
        answer was lost, is good no longer, since only its hash was kept.

        Raises:
            VideoNotFound
            Invalid: there can be no such share.
            ArchiveExpired: there is nothing left to be shared.
            TooManyShares
            ShareNotFound: asked again, after it was revoked or has expired.
            IdempotencyKeyInUse, IdempotencyKeyReused
        """
        asked = sharing_fingerprint(video_id, wish)
        async with self._repeating.holding(key) as held:
            if held.made is None:
                return await self._make(user_id, video_id, wish, held, asked)
            held.made.require_same(asked)
            return await self._make_anew(user_id, held.made)

    async def some(self, user_id: UUID, video_id: UUID | None, limit: int, cursor: str) -> Page[Share]:
        """Those that are good, of one video or of all, the newest first; a `limit` of 0 means 50, the most is 200.

        Raises:
            VideoNotFound
            Invalid: the `cursor` is none that an earlier page gave.
        """
        after = Place.read(cursor) if cursor else None
        most = min(limit, LIMIT_HIGHEST) if limit > 0 else LIMIT
        async with self._work.begin() as work:
            if video_id is not None:
                await work.videos.get(user_id, video_id)
            return await work.shares.page(user_id, video_id, datetime.now(UTC), limit=most, after=after)

    async def revoke(self, user_id: UUID, video_id: UUID, share_id: UUID) -> None:
        """For good, at once.

        Raises:
            ShareNotFound: the user's video has none of this id.
        """
        async with self._work.begin() as work:
            if not await work.shares.remove(user_id, video_id, share_id):
                raise ShareNotFound
            await work.commit()
        log.info("share.revoked", user_id=str(user_id), video_id=str(video_id), share_id=str(share_id))

    async def valid(self, digest: bytes) -> Share | None:
        """The share whose token has this hash, if it is good now; notes that it is used."""
        now = datetime.now(UTC)
        async with self._work.begin() as work:
            share = await work.shares.valid(digest, now)
            if share is not None and (share.last_used_at is None or now - share.last_used_at > _NOTED_EVERY):
                await work.shares.used(share.id, now)
                await work.commit()
        return share

    async def _make(self, user_id: UUID, video_id: UUID, wish: ShareWish, held: Held, asked: str) -> tuple[Share, str]:
        token = new_share_token()
        async with self._work.begin() as work:
            now = datetime.now(UTC)
            # Locked: its other shares wait here and are counted.
            video = await work.videos.lock(user_id, video_id)
            latest = video.expires_at or now + self._limits.keep_result
            if latest <= now:
                raise ArchiveExpired
            share = Share(
                id=uuid4(),
                video_id=video_id,
                user_id=user_id,
                token_hash=token_hash(token),
                note=wish.note,
                created_at=now,
                expires_at=wish.ends_at(now, self._limits.usual, latest),
            )
            if await work.shares.count(video_id, now) >= self._limits.of_one_video:
                raise TooManyShares(self._limits.of_one_video)
            await work.shares.add(share)
            await held.settle(work, Made(video_id, asked, share_id=share.id))
            await work.commit()
        log.info("share.made", user_id=str(user_id), video_id=str(video_id), share_id=str(share.id))
        return share, token

    async def _make_anew(self, user_id: UUID, made: Made) -> tuple[Share, str]:
        token = new_share_token()
        async with self._work.begin() as work:
            share = None
            if made.share_id is not None:
                now = datetime.now(UTC)
                share = await work.shares.give_token(user_id, made.share_id, token_hash(token), now)
            if share is None:
                raise ShareNotFound
            await work.commit()
        log.info("share.repeated", user_id=str(user_id), video_id=str(share.video_id), share_id=str(share.id))
        return share, token
