"""The composition root: joins classes to ports, starts from the inside out, stops in the reverse order."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fiapx_common.grpc.server import grpc_server
from fiapx_common.http.ops import ops_app
from fiapx_common.http.server import http_server
from fiapx_common.messaging import Consumer, connect
from fiapx_common.postgres import check_database, create_engine, require_current_schema
from fiapx_common.running import Background, Started, background
from fiapx_common.telemetry import start_telemetry
from sqlalchemy.ext.asyncio import AsyncEngine

from notification_service.controllers.mails_rpc import SERVICE, MailsRpc, register
from notification_service.controllers.notification_events import QUEUE, NotificationEvents
from notification_service.repositories.due_mails import PostgresDueMails
from notification_service.repositories.letter_writer import TemplateLetterWriter
from notification_service.repositories.mail_records import PostgresMailRecords
from notification_service.repositories.meter import PrometheusMailMeter
from notification_service.repositories.smtp_channel import SmtpChannel, SmtpServer
from notification_service.repositories.unit_of_work import PostgresUnitsOfWork
from notification_service.services.history import MailHistory
from notification_service.services.links import Links
from notification_service.services.outcomes import Outcomes
from notification_service.services.recipients import Recipients
from notification_service.services.sending import Sending, SendingRules
from notification_service.services.sweeping import Sweeping, SweepingRules
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
        sending = _start_sending(settings, engine, tasks)
        stack.push_async_callback(sending.stop)
        tasks.start("rows.sweeping", _sweeping(settings, engine).run())

        broker = await stack.enter_async_context(connect(settings.broker, NAME))
        events = _events(settings, engine, sending).dispatch()
        consumer = Consumer(
            broker, QUEUE, events.routing_keys, events, concurrency=settings.consumers, drain_s=settings.drain_s
        )
        await stack.enter_async_context(consumer.running())

        rpc = MailsRpc(MailHistory(PostgresMailRecords(engine)))
        doors = grpc_server(settings.grpc, [SERVICE], lambda server: register(server, rpc))
        grpc_address = await stack.enter_async_context(doors)
        # SMTP is no check: mails wait, and nothing else is any worse for it
        checks = {
            "postgres": lambda: check_database(engine),
            "broker": broker.check,
            "consumer": consumer.check,
        }
        ops_address = await stack.enter_async_context(http_server(ops_app(checks), settings.ops.listen))
        yield Started(tasks, grpc=grpc_address, ops=ops_address)


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


def _events(settings: Settings, engine: AsyncEngine, sending: Sending) -> NotificationEvents:
    units = PostgresUnitsOfWork(engine, settings.sender.domain, sending.wake)
    writer, meter = TemplateLetterWriter(settings.public_url), PrometheusMailMeter()
    return NotificationEvents(
        Recipients(units, writer, meter), Links(units, writer, meter), Outcomes(units, writer, meter)
    )


def _sweeping(settings: Settings, engine: AsyncEngine) -> Sweeping:
    rules = SweepingRules(every_s=settings.sweep_every_s, keep_s=settings.keep_days * _DAY_S)
    return Sweeping(PostgresMailRecords(engine), rules)
