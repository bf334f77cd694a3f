"""The composition root: joins classes to ports, starts from the inside out, stops in the reverse order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import grpc
from fiapx_common.grpc.server import grpc_server
from fiapx_common.http.ops import ops_app
from fiapx_common.http.server import http_server
from fiapx_common.messaging import Consumer, connect
from fiapx_common.outbound import GuardedConnecting, Limits, Poster, is_public
from fiapx_common.postgres import check_database, create_engine, require_current_schema
from fiapx_common.running import Background, Started, background
from fiapx_common.telemetry import start_telemetry
from sqlalchemy.ext.asyncio import AsyncEngine

from notification_service.controllers import mails_rpc, webhooks_rpc
from notification_service.controllers.mails_rpc import MailsRpc
from notification_service.controllers.notification_events import QUEUE, NotificationEvents
from notification_service.controllers.webhooks_rpc import WebhooksRpc
from notification_service.repositories.due_deliveries import PostgresDueDeliveries
from notification_service.repositories.due_mails import PostgresDueMails
from notification_service.repositories.http_receivers import HttpReceivers
from notification_service.repositories.letter_writer import TemplateLetterWriter
from notification_service.repositories.mail_records import PostgresMailRecords
from notification_service.repositories.meter import PrometheusDeliveryMeter, PrometheusMailMeter
from notification_service.repositories.signing import StandardSigning
from notification_service.repositories.smtp_channel import SmtpChannel, SmtpServer
from notification_service.repositories.unit_of_work import PostgresUnitsOfWork
from notification_service.services.delivering import Delivering, DeliveringRules
from notification_service.services.history import MailHistory
from notification_service.services.links import Links
from notification_service.services.outcomes import Outcomes
from notification_service.services.recipients import Recipients
from notification_service.services.sending import Sending, SendingRules
from notification_service.services.sweeping import Sweeping, SweepingRules
from notification_service.services.webhooks import WebhookRules, Webhooks
from notification_service.settings import Settings

NAME: Final = "notification-service"
_DAY_S: Final = 86_400


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Started]:
    """The service, ready to work. A broker or SMTP server that is down does not keep it from starting.

    Raises:
        OldSchema: migrate first.
        Unavailable: no database.
    """
    start_telemetry(NAME, settings.telemetry)
    async with AsyncExitStack() as stack:
        engine = create_engine(settings.postgres, NAME)
        stack.push_async_callback(engine.dispose)
        await require_current_schema(engine, settings.migrations_dir)
        tasks = await stack.enter_async_context(background())
        sending, delivering = _start_sending(settings, engine, tasks), _start_delivering(settings, engine, tasks)
        stack.push_async_callback(_stop, sending, delivering)
        tasks.start("rows.sweeping", _sweeping(settings, engine).run())
        tasks.start("deliveries.sweeping", _delivery_sweeping(settings, engine).run())

        def committed() -> None:
            sending.wake()
            delivering.wake()

        units = PostgresUnitsOfWork(engine, settings.sender.domain, committed)
        broker = await stack.enter_async_context(connect(settings.broker, NAME))
        events = _events(settings, units).dispatch()
        consumer = Consumer(
            broker, QUEUE, events.routing_keys, events, concurrency=settings.consumers, drain_s=settings.drain_s
        )
        await stack.enter_async_context(consumer.running())

        mails = MailsRpc(MailHistory(PostgresMailRecords(engine)))
        rules = WebhookRules(settings.webhooks.target_rules, settings.webhooks.of_one_user)
        webhooks = WebhooksRpc(Webhooks(units, rules))

        def register(server: grpc.aio.Server) -> None:
            mails_rpc.register(server, mails)
            webhooks_rpc.register(server, webhooks)

        doors = grpc_server(settings.grpc, [mails_rpc.SERVICE, webhooks_rpc.SERVICE], register)
        grpc_address = await stack.enter_async_context(doors)
        # SMTP is no check: mails wait, and nothing else is any worse for it
        checks = {
            "postgres": lambda: check_database(engine),
            "broker": broker.check,
            "consumer": consumer.check,
        }
        ops_address = await stack.enter_async_context(http_server(ops_app(checks), settings.ops.listen))
        yield Started(tasks, grpc=grpc_address, ops=ops_address)


async def _stop(sending: Sending, delivering: Delivering) -> None:
    """Side by side: each may take its whole time."""
    await asyncio.gather(sending.stop(), delivering.stop())


def _start_sending(settings: Settings, engine: AsyncEngine, tasks: Background) -> Sending:
    smtp, sender = settings.smtp, settings.sender
    server = SmtpServer(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        ca_file=smtp.ca_file,
        username=smtp.username,
        password=smtp.password.get_secret_value() if smtp.password else None,
        timeout_s=smtp.timeout_s,
        sending_timeout_s=smtp.sending_timeout_s,
    )
    sending = Sending(
        mails=PostgresDueMails(engine),
        writer=TemplateLetterWriter(settings.public_url),
        channel=SmtpChannel(server, sender.address, sender.name, sender.domain),
        meter=PrometheusMailMeter(),
        rules=SendingRules(
            concurrency=sender.concurrency,
            lease_s=sender.lease_s,
            poll_s=sender.poll_s,
            give_up_s=sender.give_up_s,
            drain_s=sender.drain_s,
        ),
    )
    tasks.start("mails.sending", sending.run())
    return sending


def _start_delivering(settings: Settings, engine: AsyncEngine, tasks: Background) -> Delivering:
    webhooks = settings.webhooks
    limits = Limits(webhooks.connect_timeout_s, webhooks.read_timeout_s, webhooks.total_timeout_s)
    connecting = GuardedConnecting(_anywhere if webhooks.private_targets else is_public)
    delivering = Delivering(
        deliveries=PostgresDueDeliveries(engine),
        receivers=HttpReceivers(Poster(connecting, limits, webhooks.ca_file), webhooks.target_rules),
        signing=StandardSigning(),
        meter=PrometheusDeliveryMeter(),
        rules=DeliveringRules(
            concurrency=webhooks.concurrency,
            lease_s=webhooks.lease_s,
            poll_s=webhooks.poll_s,
            schedule_s=webhooks.schedule_s,
            drain_s=webhooks.drain_s,
        ),
    )
    tasks.start("webhooks.delivering", delivering.run())
    return delivering


def _anywhere(_address: str) -> bool:
    return True


def _events(settings: Settings, units: PostgresUnitsOfWork) -> NotificationEvents:
    writer, meter = TemplateLetterWriter(settings.public_url), PrometheusMailMeter()
    outcomes = Outcomes(units, writer, meter, PrometheusDeliveryMeter(), settings.public_url)
    return NotificationEvents(Recipients(units, writer, meter), Links(units, writer, meter), outcomes)


def _sweeping(settings: Settings, engine: AsyncEngine) -> Sweeping:
    rules = SweepingRules(every_s=settings.sweep_every_s, keep_s=settings.keep_days * _DAY_S)
    return Sweeping(PostgresMailRecords(engine), rules)


def _delivery_sweeping(settings: Settings, engine: AsyncEngine) -> Sweeping:
    rules = SweepingRules(every_s=settings.sweep_every_s, keep_s=settings.webhooks.keep_days * _DAY_S)
    return Sweeping(PostgresDueDeliveries(engine), rules)
