"""The composition root."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import grpc
from fiapx_common.grpc.client import open_channel
from fiapx_common.http.server import http_server
from fiapx_common.running import Started, background
from fiapx_common.telemetry import start_telemetry
from fiapx_common.tokens import TokenVerifier

from api_gateway.controllers.application import DoorRules, UseCases, create_app
from api_gateway.controllers.event_stream import OpenStreams, StreamTimes
from api_gateway.entities.rates import Door, RatePolicy
from api_gateway.repositories import (
    auth_client,
    direct_uploads_client,
    history_client,
    keys_client,
    mails_client,
    previews_client,
    processing_client,
    queue_client,
    sessions_client,
    shares_client,
    upload_client,
    webhooks_client,
)
from api_gateway.repositories.auth_client import GrpcAccounts
from api_gateway.repositories.changes_client import GrpcChanges
from api_gateway.repositories.credential_checks import credential_checks
from api_gateway.repositories.direct_uploads_client import GrpcDirectUploads
from api_gateway.repositories.estimates_client import GrpcEstimates
from api_gateway.repositories.health_check import health_check
from api_gateway.repositories.history_client import GrpcHistories
from api_gateway.repositories.jwks_tokens import JwksTokens
from api_gateway.repositories.keys_client import GrpcKeyRing
from api_gateway.repositories.mails_client import GrpcMails
from api_gateway.repositories.piece_stream import StreamTimeouts
from api_gateway.repositories.previews_client import GrpcPreviews
from api_gateway.repositories.processing_client import GrpcFrames
from api_gateway.repositories.queue_client import GrpcQueue
from api_gateway.repositories.redis_limits import redis_rate_limits
from api_gateway.repositories.sessions_client import GrpcKeptSessions
from api_gateway.repositories.share_checks import share_checks
from api_gateway.repositories.shares_client import GrpcShares
from api_gateway.repositories.upload_client import GrpcVideos
from api_gateway.repositories.upload_stream import UploadTimeouts
from api_gateway.repositories.webhooks_client import GrpcWebhooks
from api_gateway.services.accounts import AccountDesk
from api_gateway.services.admitting import Admitting
from api_gateway.services.direct_uploading import DirectUploading
from api_gateway.services.estimating import Estimating
from api_gateway.services.exporting import Exporting
from api_gateway.services.following import Following
from api_gateway.services.key_desk import KeyDesk
from api_gateway.services.library import Library
from api_gateway.services.overviews import Overviews
from api_gateway.services.results import Results
from api_gateway.services.sharing import Sharing
from api_gateway.services.upload_places import UploadPlaces
from api_gateway.services.uploading import Uploading
from api_gateway.services.waiting import Waiting
from api_gateway.services.webhook_desk import WebhookDesk
from api_gateway.settings import RateSettings, ResultSettings, Settings, UploadSettings

NAME: Final = "api-gateway"
_MINUTE_S: Final = 60
_AUTH_IDEMPOTENT: Final = (*auth_client.IDEMPOTENT, *keys_client.IDEMPOTENT, *sessions_client.IDEMPOTENT)
_UPLOAD_IDEMPOTENT: Final = (
    *upload_client.IDEMPOTENT,
    *direct_uploads_client.IDEMPOTENT,
    *history_client.IDEMPOTENT,
    *shares_client.IDEMPOTENT,
)
_PROCESSING_IDEMPOTENT: Final = (
    *processing_client.IDEMPOTENT,
    *queue_client.IDEMPOTENT,
    *previews_client.IDEMPOTENT,
)
_NOTIFICATION_IDEMPOTENT: Final = (*mails_client.IDEMPOTENT, *webhooks_client.IDEMPOTENT)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Started]:
    """The started gateway. At the end its door closes first, then its channels."""
    start_telemetry(NAME, settings.telemetry)
    async with AsyncExitStack() as stack:
        timeout_s = settings.rpc_timeout_s
        auth = await _channel(stack, settings.auth_target, timeout_s, _AUTH_IDEMPOTENT, "auth-service")
        upload = await _channel(stack, settings.upload_target, timeout_s, _UPLOAD_IDEMPOTENT, "upload-service")
        processing = await _channel(
            stack, settings.processing_target, timeout_s, _PROCESSING_IDEMPOTENT, "processing-service"
        )
        notification = await _channel(
            stack, settings.notification_target, timeout_s, _NOTIFICATION_IDEMPOTENT, "notification-service"
        )
        limits = await stack.enter_async_context(redis_rate_limits(settings.redis, settings.rates.redis_rest_s))

        accounts = GrpcAccounts(auth, settings.session_check_timeout_s)
        verifier = TokenVerifier(settings.issuer, settings.audience)
        keys = GrpcKeyRing(auth)
        checked = await stack.enter_async_context(
            credential_checks(accounts.is_session_alive, keys.caller_by, settings.session_check_s)
        )
        tokens = JwksTokens(accounts.jwks, verifier, settings.jwks_retry_s)
        videos = GrpcVideos(upload, _timeouts(settings.upload))
        shares = GrpcShares(upload)
        opened = await stack.enter_async_context(share_checks(shares.opened_by, settings.session_check_s))
        queue = GrpcQueue(processing, settings.queue.timeout_s, settings.queue.rest_s)
        waiting = Waiting(queue)
        library = Library(videos, waiting)
        webhooks = GrpcWebhooks(notification)
        events = settings.events
        cases = UseCases(
            AccountDesk(accounts),
            KeyDesk(keys),
            Admitting(tokens, checked, limits, _policies(settings.rates)),
            library,
            Results(videos, GrpcFrames(processing, _stream_timeouts(settings.results))),
            Uploading(videos, settings.upload.max_file_bytes, _places(settings.upload)),
            DirectUploading(GrpcDirectUploads(upload, settings.upload.answer_timeout_s)),
            Following(
                GrpcChanges(upload),
                waiting,
                checked,
                streams_per_user=events.streams_per_user,
                first_s=timeout_s,
                check_s=settings.session_check_s,
                lasts_s=events.lasts_s,
            ),
            waiting,
            Overviews(videos, GrpcPreviews(processing, _making_timeouts(settings.results))),
            Estimating(videos, GrpcEstimates(processing, settings.results.making_timeout_s)),
            Exporting(
                accounts=accounts,
                keys=keys,
                sessions=GrpcKeptSessions(auth),
                library=library,
                histories=GrpcHistories(upload),
                shares=shares,
                mails=GrpcMails(notification),
                webhooks=webhooks,
            ),
            WebhookDesk(webhooks),
            Sharing(shares, opened, videos),
        )
        # notification-service is no check: without it only exports and webhooks are away.
        checks = {
            "keys": tokens.check,
            "auth": health_check(auth, auth_client.SERVICE),
            "upload": health_check(upload, upload_client.SERVICE),
            "processing": health_check(processing, processing_client.SERVICE),
        }
        streams = OpenStreams()
        app = create_app(cases, _rules(settings, streams), checks)
        tasks = await stack.enter_async_context(background())
        tasks.start("keys of access tokens", tokens.keep_fresh())
        http = await stack.enter_async_context(http_server(app, settings.http.listen, drain_s=settings.http.drain_s))
        # First of all at the end: the door's draining waits for requests, and streams never end by themselves.
        stack.callback(streams.end)
        yield Started(tasks, http=http)


async def _channel(
    stack: AsyncExitStack, target: str, timeout_s: float, idempotent: tuple[str, ...], callee: str
) -> grpc.aio.Channel:
    channel = open_channel(target, timeout_s=timeout_s, idempotent=idempotent, callee=callee)
    return await stack.enter_async_context(channel)


def _places(upload: UploadSettings) -> UploadPlaces:
    return UploadPlaces(upload.at_once, upload.of_one_user)


def _timeouts(upload: UploadSettings) -> UploadTimeouts:
    return UploadTimeouts(upload.service_idle_s, upload.answer_timeout_s, upload.total_timeout_s)


def _stream_timeouts(results: ResultSettings) -> StreamTimeouts:
    return StreamTimeouts(results.message_timeout_s, results.total_timeout_s)


def _making_timeouts(results: ResultSettings) -> StreamTimeouts:
    return StreamTimeouts(results.making_timeout_s, results.total_timeout_s)


def _policies(rates: RateSettings) -> dict[Door, RatePolicy]:
    return {
        Door.API: RatePolicy("api", rates.api_per_minute, _MINUTE_S),
        Door.SIGNING_IN: RatePolicy("auth", rates.auth_per_minute, _MINUTE_S),
        Door.SHARES: RatePolicy("shares", rates.shares_per_minute, _MINUTE_S),
    }


def _rules(settings: Settings, streams: OpenStreams) -> DoorRules:
    return DoorRules(
        trusted_proxies=settings.http.trusted_proxies,
        cors_origins=settings.http.cors_origins,
        store_origins=settings.http.store_origins,
        client_idle_s=settings.upload.client_idle_s,
        streams=streams,
        stream_times=StreamTimes(settings.events.heartbeat_s, settings.events.stall_s),
        spa_dir=settings.spa_dir,
    )
