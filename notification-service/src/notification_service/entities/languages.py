"""The languages that mails are written in."""

from enum import StrEnum


class Language(StrEnum):
    """BCP 47."""

    ENGLISH = "en"
    PORTUGUESE = "pt-BR"


def language_of(locale: str) -> Language:
    """The nearest language to a user's locale ("pt-PT", "pt_BR", "en-GB"); English for all that we don't write."""
    primary = locale.replace("_", "-").partition("-")[0].lower()
    return Language.PORTUGUESE if primary == "pt" else Language.ENGLISH
