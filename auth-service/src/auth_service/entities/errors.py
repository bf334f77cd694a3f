"""What this service refuses."""

from fiapx_common.errors import (
    Conflict,
    Denied,
    FieldError,
    Invalid,
    NotFound,
    PreconditionFailed,
    Throttled,
    Unauthenticated,
)


class ChangedMeanwhile(PreconditionFailed):
    """Not the version that the caller has seen."""

    def __init__(self) -> None:
        super().__init__(
            "changed_meanwhile", "Your profile was changed meanwhile. Please look at it again and repeat your change."
        )


class UserNotFound(NotFound):
    """No user of this id."""

    def __init__(self) -> None:
        super().__init__("user_not_found", "There is no such user.")


class NobodyCalled(NotFound):
    """For operators, who may know who has an account."""

    def __init__(self, who: str) -> None:
        super().__init__("user_not_found", f"No user has the id or address {who!r}: see `users list`.")


class RegistrationClosed(Denied):
    """Operators have closed sign-up."""

    def __init__(self) -> None:
        super().__init__(
            "registration_closed", "New accounts are made by invitation only. Please ask whoever runs this."
        )


class AccountDisabled(Denied):
    """The password was right, but operators have disabled the account."""

    def __init__(self) -> None:
        super().__init__("account_disabled", "This account is disabled. Please ask whoever runs this.")


class EmailTaken(Conflict):
    """Somebody has this address already."""

    def __init__(self) -> None:
        super().__init__("email_taken", "An account with this e-mail address exists already.")


class ApiKeyNotFound(NotFound):
    """No such key, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("api_key_not_found", "There is no such API key.")


class TooManyApiKeys(Conflict):
    """As many as one user may have."""

    def __init__(self, limit: int) -> None:
        super().__init__("too_many_api_keys", f"You have {limit} API keys, the most there may be. Please revoke one.")


class WrongPassword(Denied):
    """Of somebody who is logged in."""

    def __init__(self) -> None:
        super().__init__("wrong_password", "The password is wrong.")


class WrongCredentials(Unauthenticated):
    """Unknown address or wrong password: never told which."""

    def __init__(self) -> None:
        super().__init__("wrong_credentials", "E-mail address or password is wrong.")


class SessionEnded(Unauthenticated):
    """The refresh token gives nothing any more: unknown, expired, used before, or logged out."""

    def __init__(self) -> None:
        super().__init__("session_ended", "The session has ended. Please log in again.")


class TokenInvalid(Invalid):
    """The token of a link: unknown, used or too old, never told which."""

    def __init__(self) -> None:
        why = "The link is unknown, was used before or is too old."
        super().__init__("invalid_token", why, [FieldError("token", why)])


class TooManyMails(Throttled):
    """Too many links by mail, for one user or from one address."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("too_many_mails", "Too many mails were asked for. Please try again later.", retry_after_s)


class TooManyLogins(Throttled):
    """Too many wrong passwords, for this account or from this address."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("too_many_logins", "Too many failed logins. Please try again later.", retry_after_s)


class TooManySignUps(Throttled):
    """Too many new accounts from this address."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("too_many_sign_ups", "Too many sign-ups from this address.", retry_after_s)
