"""Users' programs, over HTTP.

Needs: the way out to any public address at the allowed ports. Breaks: when a receiver says 2xx and loses the message.
"""

from collections.abc import Mapping
from typing import Final

from fiapx_common.metrics import calling
from fiapx_common.outbound import Poster, TargetFailed, TargetForbidden, TargetRules, read_target
from opentelemetry import propagate, trace

from notification_service.entities.deliveries import DueDelivery, ReceiverAnswer, read_answer
from notification_service.entities.errors import ReceiverSilent
from notification_service.repositories.mail_queue import TRACEPARENT

_HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "FIAPX-Webhooks/1"}
_tracer = trace.get_tracer(__name__)


class HttpReceivers:
    """A port's `Receivers`."""

    def __init__(self, poster: Poster, rules: TargetRules) -> None:
        self._poster = poster
        self._rules = rules

    async def tell(self, delivery: DueDelivery, headers: Mapping[str, str]) -> ReceiverAnswer:
        context = propagate.extract({TRACEPARENT: delivery.traceparent}) if delivery.traceparent else None
        # neither host nor path: there may be secrets in them
        with _tracer.start_as_current_span("webhook deliver", context, trace.SpanKind.CLIENT) as span:
            with calling("receiver", "deliver", answers=(ReceiverSilent,)):
                answer = await self._post(delivery.url, headers, delivery.body)
            span.set_attribute("http.response.status_code", answer.status)
            return answer

    async def _post(self, url: str, headers: Mapping[str, str], body: str) -> ReceiverAnswer:
        try:
            # read again: the rules may have become stricter since
            answer = await self._poster.post(read_target(url, self._rules), _HEADERS | dict(headers), body.encode())
        except ValueError as error:
            raise ReceiverSilent(f"The address is not allowed any more: it {error}.") from error
        except (TargetForbidden, TargetFailed) as error:
            raise ReceiverSilent(error.detail) from error
        return read_answer(answer.status, answer.headers, answer.beginning, answer.seconds)
