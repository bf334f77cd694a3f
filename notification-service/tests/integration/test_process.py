"""The service as processes of their own, which are killed while they send."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import Process
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fiapx_models.events import UserRegistered, VideoEnded
from fiapx_testing.brokers import Broker
from fiapx_testing.mailboxes import Mailbox
from fiapx_testing.receivers import Receiver, Reply
from fiapx_testing.waiting import until
from notification_service.controllers.notification_events import QUEUE
from notification_service.settings import Settings

Completed = Callable[..., VideoEnded]
Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[Any]]
Subscribe = Callable[..., Awaitable[bytes]]
Start = Callable[[], Awaitable[Process]]

FOLDER = Path(__file__).parents[2]
OUTCOMES, KILLS = (1_000, 10) if os.environ.get("FIAPX_LONG") else (100, 3)
SMTP_TIMEOUT_S, LEASE_S = 2, 7
"""A mail whose sender died is sent again so soon."""
WITHIN_S = 480


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "NOTIFICATION_POSTGRES__DSN": settings.postgres.dsn.get_secret_value(),
        "NOTIFICATION_BROKER__URL": settings.broker.url.get_secret_value(),
        "NOTIFICATION_SMTP__HOST": settings.smtp.host,
        "NOTIFICATION_SMTP__PORT": str(settings.smtp.port),
        "NOTIFICATION_SMTP__TIMEOUT_S": str(SMTP_TIMEOUT_S),
        "NOTIFICATION_SENDER__LEASE_S": str(LEASE_S),
        "NOTIFICATION_PUBLIC_URL": settings.public_url,
        "NOTIFICATION_WEBHOOKS__PRIVATE_TARGETS": "true",
        "NOTIFICATION_WEBHOOKS__TOTAL_TIMEOUT_S": "60",
        "NOTIFICATION_WEBHOOKS__READ_TIMEOUT_S": "60",
        "NOTIFICATION_WEBHOOKS__LEASE_S": "61",
    }


@pytest_asyncio.fixture(loop_scope="module")
async def start(settings: Settings, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the service as often as asked; what still runs in the end is killed."""
    processes: list[Process] = []

    async def call() -> Process:
        with (tmp_path / f"{len(processes)}.log").open("wb") as log:
            processes.append(
                await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "notification_service", cwd=FOLDER, env=environment(settings), stdout=log
                )
            )
        return processes[-1]

    yield call
    for process in processes:
        await killed(process)


async def killed(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


@pytest.mark.timeout(1200)
async def test_no_mail_is_missing_although_their_senders_are_killed(
    *,
    start: Start,
    broker: Broker,
    tell: Tell,
    ana: UserRegistered,
    completed: Completed,
    query: Query,
    mailbox: Mailbox,
) -> None:
    chance = random.Random(11)
    processes = [await start(), await start()]
    await until(partial(_consumed_by, broker, len(processes)))
    await tell(ana)
    outcomes = [completed(ana, filename=f"{number}.mp4") for number in range(OUTCOMES)]
    telling = asyncio.create_task(_tell_all(tell, outcomes))
    for number in range(1, KILLS + 1):
        await until(partial(_are_sent, query, OUTCOMES * number // (KILLS + 1)), within_s=WITHIN_S)
        victim = chance.randrange(len(processes))
        await killed(processes[victim])
        processes[victim] = await start()
    await telling
    await until(partial(_are_sent, query, OUTCOMES + 1), within_s=WITHIN_S)
    ids = defaultdict(set)
    for mail in await mailbox.messages(ana.email):
        ids[mail.subject].add(mail.message_id)
    welcome = ids.pop("Welcome to FIAP X")
    assert set(ids) == {f"Your frames are ready: {outcome.filename}" for outcome in outcomes}
    assert [found for found in (welcome, *ids.values()) if len(found) > 1] == [], "one mail, two Message-IDs"
    assert len(set().union(*ids.values())) == OUTCOMES


async def test_a_message_whose_sender_is_killed_midway_is_sent_again_under_its_own_id(
    *, start: Start, broker: Broker, tell: Tell, ana: UserRegistered, completed: Completed, query: Query,
    subscribe: Subscribe, receiver: Receiver,
) -> None:  # fmt: skip
    receiver.replies.append(Reply(204, after_s=30))
    process = await start()
    await until(partial(_consumed_by, broker, 1))
    await tell(ana)
    await subscribe(ana, receiver.url)
    await tell(completed(ana))
    await until(lambda: len(receiver.received) == 1)
    await killed(process)
    await query("UPDATE webhooks SET leased_until = now()")  # as when the lease has ended
    await start()
    await until(lambda: len(receiver.received) == 2)
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    await until(partial(_is_delivered, query))


async def _is_delivered(query: Query) -> bool:
    return bool(await query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered' AND tries = 2"))


async def _tell_all(tell: Tell, outcomes: list[VideoEnded]) -> None:
    for outcome in outcomes:
        await tell(outcome)


async def _consumed_by(broker: Broker, consumers: int) -> bool:
    return QUEUE in await broker.queue_names() and (await broker.queue(QUEUE)).consumers == consumers


async def _are_sent(query: Query, least: int) -> bool:
    (row,) = await query("SELECT count(*) AS mails FROM mails WHERE status = 'sent'")
    return bool(row["mails"] >= least)
