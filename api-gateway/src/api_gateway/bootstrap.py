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
from api_gateway.entities.rates import RatePolicy
from api_gateway.repositories import auth_client, processing_client, upload_client
from api_gateway.repositories.auth_client import GrpcAccounts
from api_gateway.repositories.health_check import health_check
from api_gateway.repositories.jwks_tokens import JwksTokens
from api_gateway.repositories.processing_client import GrpcFrames
from api_gateway.repositories.redis_limits import redis_rate_limits
from api_gateway.repositories.upload_client import GrpcVideos
from api_gateway.repositories.upload_stream import UploadTimeouts
from api_gateway.services.accounts import AccountDesk
from api_gateway.services.admitting import Admitting
from api_gateway.services.library import Library
from api_gateway.services.results import Results
from api_gateway.services.uploading import Uploading
from api_gateway.settings import RateSettings, Settings, UploadSettings

NAME: Final = "api-gateway"
_MINUTE_S: Final = 60


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Started]:
    """The started gateway. At the end its door closes first, then its channels."""
    start_telemetry(NAME, settings.telemetry)
    async with AsyncExitStack() as stack:
        timeout_s = settings.rpc_timeout_s
        auth = await _channel(stack, settings.auth_target, timeout_s, auth_client.IDEMPOTENT)
        upload = await _channel(stack, settings.upload_target, timeout_s, upload_client.IDEMPOTENT)
        processing = await _channel(stack, settings.processing_target, timeout_s, processing_client.IDEMPOTENT)
        limits = await stack.enter_async_context(redis_rate_limits(settings.redis, settings.rates.redis_rest_s))

        accounts = GrpcAccounts(auth)
        verifier = TokenVerifier(settings.issuer, settings.audience)
        tokens = JwksTokens(accounts.jwks, verifier, settings.jwks_retry_s)
        videos = GrpcVideos(upload, _timeouts(settings.upload))
        cases = UseCases(
            AccountDesk(accounts),
            Admitting(tokens, limits, *_policies(settings.rates)),
            Library(videos),
            Results(videos, GrpcFrames(processing, timeout_s)),
            Uploading(videos, settings.upload.max_file_bytes),
        )
        checks = {
            "auth": health_check(auth, auth_client.SERVICE),
            "upload": health_check(upload, upload_client.SERVICE),
            "processing": health_check(processing, processing_client.SERVICE),
        }
        app = create_app(cases, _rules(settings), checks)
        tasks = await stack.enter_async_context(background())
        tasks.start("keys of access tokens", tokens.keep_fresh())
        http = await stack.enter_async_context(http_server(app, settings.http.listen, drain_s=settings.http.drain_s))
        yield Started(tasks, http=http)


async def _channel(
    stack: AsyncExitStack, target: str, timeout_s: float, idempotent: tuple[str, ...]
) -> grpc.aio.Channel:
    return await stack.enter_async_context(open_channel(target, timeout_s=timeout_s, idempotent=idempotent))


def _timeouts(upload: UploadSettings) -> UploadTimeouts:
    return UploadTimeouts(upload.service_idle_s, upload.answer_timeout_s, upload.total_timeout_s)


def _policies(rates: RateSettings) -> tuple[RatePolicy, RatePolicy]:
    return RatePolicy("api", rates.api_per_minute, _MINUTE_S), RatePolicy("auth", rates.auth_per_minute, _MINUTE_S)


def _rules(settings: Settings) -> DoorRules:
    return DoorRules(
        trusted_proxies=settings.http.trusted_proxies,
        cors_origins=settings.http.cors_origins,
        store_origins=settings.http.store_origins,
        client_idle_s=settings.upload.client_idle_s,
        spa_dir=settings.spa_dir,
    )
