"""The mail catcher: maildev takes every mail by SMTP and shows it on a page."""

import http.client
from dataclasses import dataclass
from pathlib import Path

from fiapx_local.binaries import ProgramMissing, find
from fiapx_local.checkout import LOCAL
from fiapx_local.probes import accepts, http_status
from fiapx_local.program import Program
from fiapx_local.settings import StackSettings

_MAILDEV = Path("node_modules/maildev/dist/bin/maildev.js")
_MOST_MAILS = 5000


@dataclass(frozen=True)
class MailCatcher:
    """The stack's SMTP server."""

    settings: StackSettings
    name: str = "mail"
    description: str = "maildev, stands for the SMTP server of a provider"

    @property
    def address(self) -> str:
        return self.settings.mail_page_url

    def programs(self) -> list[Program]:
        script = LOCAL / _MAILDEV
        if not script.exists():
            raise ProgramMissing("maildev is not installed: run make up (it installs what is missing)")
        argv = (
            *(find("node"), str(script)),
            *("--ip", self.settings.bind, "--smtp", str(self.settings.ports.inner.smtp)),
            *("--web-ip", self.settings.bind, "--web", str(self.settings.ports.mail_page)),
            *("--mail-directory", str(self.settings.layout.mail), "--max-emails", str(_MOST_MAILS)),
        )
        return [Program(self.name, argv, self.settings.layout.mail)]

    def prepare(self) -> None:
        """It makes what it needs."""

    def is_ready(self) -> bool:
        page = http_status(self.settings.host, self.settings.ports.mail_page, "/api/healthz")
        return page == http.client.OK and accepts(self.settings.host, self.settings.ports.inner.smtp)

    def provision(self) -> None:
        """It holds nothing but mails."""
