"""The demo user."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from fiapx import Client, ProblemError

from fiapx_local.credentials import write_private
from fiapx_local.errors import StackError

_EMAIL = "demo@example.com"
_TAKEN = "email_taken"


@dataclass(frozen=True)
class Account:
    """A login."""

    email: str
    password: str


class AccountLost(StackError):
    """The demo user exists, but not with the password that was kept."""


def log_in(client: Client, kept: Path) -> Account:
    """Log the demo user in; registered the first time, its random password kept in a file."""
    if kept.exists():
        account = Account(**json.loads(kept.read_text()))
    else:
        account = Account(_EMAIL, secrets.token_urlsafe(15))
        write_private(kept, json.dumps(asdict(account)))
    try:
        client.register(account.email, account.password, name="Demo")
    except ProblemError as problem:
        if problem.code != _TAKEN:
            raise
    try:
        client.login(account.email, account.password)
    except ProblemError as problem:
        raise AccountLost(
            f"{account.email} exists with another password than the one in {kept}: {problem}"
        ) from problem
    return account
