"""What changes while an export is made."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from api_gateway.entities.callers import Caller
from api_gateway.repositories.auth_client import GrpcAccounts
from api_gateway.repositories.history_client import GrpcHistories
from api_gateway.repositories.keys_client import GrpcKeyRing
from api_gateway.repositories.mails_client import GrpcMails
from api_gateway.repositories.queue_client import GrpcQueue
from api_gateway.repositories.sessions_client import GrpcKeptSessions
from api_gateway.repositories.shares_client import GrpcShares
from api_gateway.repositories.upload_client import GrpcVideos
from api_gateway.repositories.upload_stream import UploadTimeouts
from api_gateway.repositories.webhooks_client import GrpcWebhooks
from api_gateway.services.exporting import Exporting
from api_gateway.services.library import Library
from api_gateway.services.waiting import Waiting
from fiapx_common.grpc.client import open_channel
from fiapx_testing.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8


@pytest_asyncio.fixture(loop_scope="session")
async def exporting(whole: Any) -> AsyncIterator[Exporting]:
    async with AsyncExitStack() as stack:
        auth, upload, processing, notification = [
            await stack.enter_async_context(open_channel(target, timeout_s=PATIENCE_S))
            for target in (whole.auth_target, whole.upload_target, whole.processing_target, whole.notification_target)
        ]
        videos = GrpcVideos(upload, UploadTimeouts(PATIENCE_S, PATIENCE_S, PATIENCE_S))
        library = Library(videos, Waiting(GrpcQueue(processing, PATIENCE_S, 0)))
        yield Exporting(
            accounts=GrpcAccounts(auth),
            keys=GrpcKeyRing(auth),
            sessions=GrpcKeptSessions(auth),
            library=library,
            histories=GrpcHistories(upload),
            shares=GrpcShares(upload),
            mails=GrpcMails(notification),
            webhooks=GrpcWebhooks(notification),
        )


async def test_a_video_that_is_deleted_meanwhile_has_no_history_any_more(exporting: Exporting, user: Any) -> None:
    kept, deleted = [(await user.upload(MP4)).json()["id"] for _ in range(2)]
    me = (await user.http.get("/me")).json()
    export = await exporting.begin(Caller(UUID(me["id"]), uuid4(), datetime.now(UTC)))
    assert (await user.http.delete(f"/videos/{deleted}")).status_code == 204
    entries = {
        str(told.video.id): [entry async for page in told.history for entry in page] async for told in export.videos
    }
    assert list(entries) == [deleted, kept]
    assert (len(entries[deleted]), len(entries[kept]) > 0) == (0, True)
