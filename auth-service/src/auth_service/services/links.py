"""Links that go by mail."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from fiapx_common.opaque_tokens import new_token, token_hash
from fiapx_models.events import MailedLink

from auth_service.entities.link_token import LinkToken, Purpose
from auth_service.services.ports import UnitOfWork


class Links:
    """Makes them. Those made before go on working until one is used: mails may be slow and overtake one another."""

    def __init__(self, lifetimes_s: Mapping[Purpose, float]) -> None:
        self._lifetimes_s = lifetimes_s

    async def make(self, unit: UnitOfWork, purpose: Purpose, user_id: UUID, now: datetime) -> MailedLink:
        """The only time that the token is seen; its hash is kept if `unit` is committed."""
        text = new_token()
        expires_at = now + timedelta(seconds=self._lifetimes_s[purpose])
        await unit.link_tokens.add(LinkToken(token_hash(text), purpose, user_id, expires_at))
        return MailedLink(token=text, requested_at=now, expires_at=expires_at)
