"""Operators' commands about users and sign-up."""

import argparse
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from fiapx_common.operating import Answer, Command, Operation
from fiapx_common.operating.tables import Row

from auth_service.entities.user import ListedUser, User
from auth_service.services.operating import Operating

_AT_MOST: Final = 50
OpenOperating = Callable[[Operation[Any]], AbstractAsyncContextManager[Operating]]


def user_commands(opened: OpenOperating) -> list[Command[Any]]:
    """`opened` makes the use cases for one command."""

    def run(deed: Callable[[Operating, Operation[Any]], Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
        async def with_use_cases(operation: Operation[Any]) -> Answer:
            async with opened(operation) as operating:
                return await deed(operating, operation)

        return with_use_cases

    find = "Users whose address holds a text, the newest first."
    disable = "Nobody logs in as this user any more; all sessions end at once."
    invite = "Makes an account, also while sign-up is closed; its owner gets a mail to choose a password."
    return [
        Command("users", "list", find, run(_find), _search),
        Command("users", "disable", disable, run(_disable), _who, changes=True),
        Command("users", "enable", "A disabled user may log in again.", run(_enable), _who, changes=True),
        Command("users", "invite", invite, run(_invite), _invited, changes=True),
        Command("registration", "show", "Whether anybody may sign up.", run(_show)),
        Command("registration", "close", "From now on nobody signs up without invitation.", run(_close), changes=True),
        Command("registration", "open", "From now on anybody may sign up.", run(_open), changes=True),
    ]


async def _find(operating: Operating, operation: Operation[Any]) -> Answer:
    found = await operating.find(operation.given.text, operation.given.limit)
    return Answer([_listed(one) for one in found], f"{len(found)} user{'' if len(found) == 1 else 's'}.")


async def _disable(operating: Operating, operation: Operation[Any]) -> Answer:
    user, ended = await operating.disable(operation.given.user, operation.operator)
    row: Row = {**_named(user), "sessions_ended": ended}
    return Answer([row], f"Disabled; {ended} session{'' if ended == 1 else 's'} ended.")


async def _enable(operating: Operating, operation: Operation[Any]) -> Answer:
    user = await operating.enable(operation.given.user, operation.operator)
    return Answer([_named(user)], "May log in again.")


async def _invite(operating: Operating, operation: Operation[Any]) -> Answer:
    given = operation.given
    user = await operating.invite(given.email, given.name, given.locale, operation.operator)
    return Answer([_named(user)], "Invited: a mail with a link to choose a password is on its way.")


async def _show(operating: Operating, _: Operation[Any]) -> Answer:
    is_open = await operating.registration_is_open()
    return Answer([{"registration_open": is_open}], "Anybody may sign up." if is_open else "Nobody may sign up.")


async def _close(operating: Operating, operation: Operation[Any]) -> Answer:
    await operating.set_registration(operation.operator, is_open=False)
    return await _show(operating, operation)


async def _open(operating: Operating, operation: Operation[Any]) -> Answer:
    await operating.set_registration(operation.operator, is_open=True)
    return await _show(operating, operation)


def _search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", default="", metavar="TEXT", help="part of the e-mail address")
    parser.add_argument("--limit", type=int, default=_AT_MOST, help=f"at most (default {_AT_MOST})")


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user", metavar="USER", help="id or e-mail address")


def _invited(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the address that they log in with")
    parser.add_argument("--name", default="", help="as mails call them")
    parser.add_argument("--locale", default="", help="of their mails: en (default) or pt-BR")


def _named(user: User) -> Row:
    return {"id": str(user.id), "email": user.email.text}


def _listed(one: ListedUser) -> Row:
    return {
        **_named(one.user),
        "name": one.user.name,
        "locale": one.user.locale,
        "verified": one.user.email_verified,
        "created_at": one.user.created_at,
        "disabled_at": one.user.disabled_at,
        "sessions": one.sessions,
        "last_used_at": one.last_used_at,
    }
