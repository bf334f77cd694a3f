"""What the use cases about webhooks ask of the outside."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from fiapx_common.paging import Page, Place

from notification_service.entities.deliveries import DeliveryRecord, DueDelivery, PublicEvent, ReceiverAnswer
from notification_service.entities.webhooks import RequestKey, Webhook


class WebhookBook(Protocol):
    """Endpoints, in one transaction."""

    async def hold(self, user_id: UUID) -> None:
        """Until the transaction's end nobody else makes or erases endpoints of this user."""

    async def count(self, user_id: UUID) -> int:
        """Of this user."""

    async def add(self, webhook: Webhook, key: RequestKey | None) -> None:
        """Keeps a new one, under the key of its request."""

    async def made_by(self, user_id: UUID, key: str, keep_s: float) -> tuple[Webhook, str] | None:
        """What a request under this key has made within that time and is still there, and the request's fingerprint.

        A key that is older becomes free.
        """

    async def newest_of(self, user_id: UUID, after: Place | None, most: int) -> Page[Webhook]:
        """A user's endpoints, newest first."""

    async def find(self, user_id: UUID, webhook_id: UUID) -> Webhook:
        """Raises WebhookNotFound: no such one, or somebody else's."""

    async def awaken(self, user_id: UUID, webhook_id: UUID) -> Webhook:
        """Ends its rest after a failure; nobody disables or removes it until the transaction's end.

        Raises:
            WebhookNotFound
        """

    async def remove(self, user_id: UUID, webhook_id: UUID) -> None:
        """With all its deliveries, those that wait too. Raises WebhookNotFound."""

    async def drop_of(self, user_id: UUID) -> None:
        """Removes all of a user, with all deliveries."""


class DeliveryLog(Protocol):
    """Deliveries, in one transaction, as those who queue them and look back on them see them."""

    async def add(self, user_id: UUID, event: PublicEvent) -> int:
        """One for each endpoint of the user that wants this type and has not been told yet; returns how many."""

    async def newest_of(self, webhook_id: UUID, after: Place | None, most: int) -> Page[DeliveryRecord]:
        """Of an endpoint, newest first."""

    async def again(self, webhook_id: UUID, delivery_id: UUID) -> DeliveryRecord:
        """Makes it pending and due now, with all its tries before it. Raises DeliveryNotFound."""


class DueDeliveries(Protocol):
    """The sender's side; each call is a transaction of its own. May raise Unavailable."""

    async def take(self, most: int, lease_s: float) -> Sequence[DueDelivery]:
        """Of endpoints that nobody has and that do not rest, each one's delivery that has been due longest.

        No other sender gets these endpoints for `lease_s`; after it what was taken is still due.
        """

    async def delivered(self, delivery: DueDelivery, answer: ReceiverAnswer) -> None:
        """It was taken. The lease ends. No effect if somebody else took it since, as for the others."""

    async def postpone(
        self, delivery: DueDelivery, answer: ReceiverAnswer | None, failure: str, *, wait_s: float, rest_s: float
    ) -> None:
        """Due again in `wait_s`; the endpoint is left alone for `rest_s`."""

    async def fail(self, delivery: DueDelivery, answer: ReceiverAnswer | None, failure: str, rest_s: float) -> None:
        """Never again by itself."""

    async def disable(self, delivery: DueDelivery, answer: ReceiverAnswer, failure: str) -> None:
        """Never again, nor anything else to this endpoint."""

    async def count_pending(self) -> int:
        """All, due or not."""


class Receivers(Protocol):
    """The users' programs."""

    async def tell(self, delivery: DueDelivery, headers: Mapping[str, str]) -> ReceiverAnswer:
        """What the receiver answers to the message, whatever it is.

        Raises:
            ReceiverSilent: no answer, or not to be reached.
        """


class Signing(Protocol):
    """Signatures of Standard Webhooks."""

    def headers(self, delivery: DueDelivery) -> Mapping[str, str]:
        """Those that go with a message that is sent now."""


class DeliveryMeter(Protocol):
    """Counts for operators."""

    def count(self, event_type: str, result: str, times: int = 1) -> None:
        """Deliveries: queued, delivered, deferred, failed."""

    def delivered(self, age_s: float) -> None:
        """One was taken so long after its event."""

    def pending(self, deliveries: int) -> None:
        """How many wait."""
