"""The door: a client of one platform."""

from types import TracebackType
from typing import Self

from fiapx.results import Tokens, User
from fiapx.sending import Sender
from fiapx.videos import Videos


class Client:
    """Talks to one FIAP X platform as one user. Threads may share it.

    Args:
        base_url: where the platform is, e.g. "https://fiapx.example".
        timeout_s: for connecting, and without a byte.
        api_key: instead of `login`.
        retry_for_s: time spent waiting, at most, when the platform is busy (429), unavailable (503) or unreachable.
    """

    def __init__(
        self, base_url: str, timeout_s: float = 30.0, *, api_key: str | None = None, retry_for_s: float = 30.0
    ) -> None:
        self._sender = Sender(base_url, timeout_s, retry_for_s, api_key)
        self.videos = Videos(self._sender, timeout_s, retry_for_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; the session on the platform stays."""
        self._sender.http.close()

    @property
    def access_token(self) -> str | None:
        """What authenticates at present, for tools beside this one; None before `login`."""
        return self._sender.access_token

    def register(self, email: str, password: str, name: str | None = None, locale: str | None = None) -> User:
        """Creates an account. Does not log in."""
        wanted = {"email": email, "password": password, "name": name, "locale": locale}
        given = {field: value for field, value in wanted.items() if value is not None}
        answer = self._sender.request("POST", "/auth/register", body=lambda: {"json": given})
        return User.model_validate_json(answer.content)

    def login(self, email: str, password: str) -> None:
        """Begins a session. Its access token is renewed by itself from then on."""
        given = {"email": email, "password": password}
        self._sender.keep(None)
        answer = self._sender.request("POST", "/auth/login", body=lambda: {"json": given})
        self._sender.keep(Tokens.model_validate_json(answer.content))

    def me(self) -> User:
        """Whose session this is."""
        return User.model_validate_json(self._sender.request("GET", "/me").content)

    def delete_account(self, password: str) -> None:
        """Erases the account with all its videos and frames. It can't be undone."""
        self._sender.request("DELETE", "/me", body=lambda: {"json": {"password": password}})
        self._sender.keep(None)

    def logout(self) -> None:
        """Ends the session on the platform and here."""
        self._sender.request("POST", "/auth/logout")
        self._sender.keep(None)
