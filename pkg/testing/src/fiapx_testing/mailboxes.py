"""Reads the mails that the catcher got."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

import httpx

from fiapx_testing.servers import Server
from fiapx_testing.waiting import PATIENCE_S

_POLL_S = 0.1


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived."""

    subject: str
    sender: str
    recipients: tuple[str, ...]
    text: str
    html: str
    message_id: str
    headers: dict[str, Any]
    """Those that the catcher gives, names in lower case; the rest are in the source."""
    source: str
    """The whole message (RFC 5322)."""


@dataclass(frozen=True)
class Mailbox:
    """Every mail to every recipient; use an address of your own to see only yours."""

    page: Server

    @staticmethod
    def new_address() -> str:
        return f"{secrets.token_hex(8)}@example.com"

    async def messages(self, recipient: str) -> list[Mail]:
        """What a recipient has got so far, oldest first."""
        address = f"http://{self.page.address}"
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_S, trust_env=False) as api:
            answer = await api.get("/api/email", params={"to.address": recipient})
            mails = sorted(answer.raise_for_status().json(), key=lambda mail: str(mail["time"]))
            return [_mail(mail, (await api.get(f"/api/email/{mail['id']}/source")).text) for mail in mails]

    async def wait_for(self, recipient: str, *, count: int = 1, timeout_s: float = PATIENCE_S) -> list[Mail]:
        """Return when that many have come; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while True:
                mails = await self.messages(recipient)
                if len(mails) >= count:
                    return mails
                await asyncio.sleep(_POLL_S)


def _mail(fields: dict[str, Any], source: str) -> Mail:
    return Mail(
        subject=fields.get("subject", ""),
        sender=fields["from"][0]["address"],
        recipients=tuple(recipient["address"] for recipient in fields["to"]),
        text=fields.get("text") or "",
        html=fields.get("html") or "",
        message_id=fields["headers"].get("message-id", ""),
        headers=fields["headers"],
        source=source,
    )
