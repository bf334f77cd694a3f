"""What may go wrong with a mail.

Refused
├── RecipientUnknown     nobody told us of this user yet
└── LetterRefused        this mail will never be accepted
Unavailable
├── LetterDeferred       this mail is not accepted now
└── ChannelDown          no mail passes now
"""

from uuid import UUID

from fiapx_common.errors import NotFound, Refused, Unavailable


class RecipientUnknown(NotFound):
    def __init__(self, user_id: UUID) -> None:
        super().__init__("recipient_unknown", f"User {user_id} is not known here yet.")


class LetterRefused(Refused):
    def __init__(self, reason: str) -> None:
        super().__init__("letter_refused", reason)


class LetterDeferred(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__("letter_deferred", reason)


class ChannelDown(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__("channel_down", reason)
