"""What may go wrong with a mail or a webhook.

Refused
├── RecipientUnknown     nobody told us of this user yet
├── LetterRefused        this mail will never be accepted
├── AccountErased        this user is gone
├── WebhookNotFound, DeliveryNotFound     no such one, or somebody else's
├── WebhookDisabled      its receiver said that it is gone
└── TooManyWebhooks
Unavailable
├── LetterDeferred       this mail is not accepted now
├── ChannelDown          no mail passes now
└── ReceiverSilent       this webhook's receiver gave no answer
"""

from uuid import UUID

from fiapx_common.errors import Conflict, Gone, NotFound, Refused, Unavailable


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


class AccountErased(Gone):
    def __init__(self) -> None:
        super().__init__("account_erased", "The account was erased.")


class WebhookNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("webhook_not_found", "There is no such webhook.")


class DeliveryNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("delivery_not_found", "There is no such delivery.")


class WebhookDisabled(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "webhook_disabled",
            "The webhook's receiver answered 410 Gone, so nothing is sent to it. Please make a new webhook.",
        )


class TooManyWebhooks(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(
            "too_many_webhooks", f"You have {most} webhooks, the most there may be. Please delete one first."
        )


class ReceiverSilent(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__("receiver_silent", reason)
