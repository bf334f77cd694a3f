"""The composition root."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

from fiapx_common.grpc.server import grpc_server
from fiapx_common.http.ops import ops_app
from fiapx_common.http.server import http_server
from fiapx_common.messaging import Publisher, connect
from fiapx_common.postgres import OutboxRelay, check_database, create_engine, require_current_schema
from fiapx_common.redis import Circuit, redis_client
from fiapx_common.running import Started, background
from fiapx_common.telemetry import start_telemetry
from fiapx_proto.auth.v1 import auth_pb2_grpc
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from auth_service.controllers.auth_rpc import SERVICE, AuthRpc, UseCases
from auth_service.controllers.timers import repeat
from auth_service.entities.link_token import Purpose
from auth_service.entities.signing_key import KeyTimes
from auth_service.repositories.access_tokens import Es256AccessTokens
from auth_service.repositories.counts import FallbackCounts, PostgresCounts, RedisCounts
from auth_service.repositories.passwords import Argon2Passwords
from auth_service.repositories.session_cache import CacheTimes, RedisSessionCache
from auth_service.repositories.signing_keys import KeyCipher
from auth_service.repositories.unit_of_work import PostgresUnitsOfWork
from auth_service.services.accounts import Accounts
from auth_service.services.api_keys import KeyKeeping
from auth_service.services.erasing import Erasing
from auth_service.services.granting import Granting, Lifetimes
from auth_service.services.links import Links
from auth_service.services.liveness import Liveness
from auth_service.services.logins import Logins
from auth_service.services.password_resets import PasswordResets
from auth_service.services.sessions import SessionKeeping
from auth_service.services.signing import Signing
from auth_service.services.throttling import Allowances, Throttling
from auth_service.services.verification import Verification
from auth_service.settings import LinkSettings, SessionCacheSettings, Settings, ThrottleSettings, TokenSettings

NAME = "auth-service"
_MARGIN_S = 120
"""Clocks differ, and keys are read again only every so often."""


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Started]:
    """The started service. At the end its doors close first, then the outbox is flushed, then connections go."""
    start_telemetry(NAME, settings.telemetry)
    async with AsyncExitStack() as stack:
        engine = create_engine(settings.postgres, NAME)
        stack.push_async_callback(engine.dispose)
        await require_current_schema(engine, settings.migrations_dir)
        redis = await stack.enter_async_context(redis_client(settings.redis))
        circuit = Circuit(redis, settings.redis.timeout_s)
        broker = await stack.enter_async_context(connect(settings.broker, NAME))
        relay = await stack.enter_async_context(OutboxRelay(engine, Publisher(broker)).running())
        passwords = Argon2Passwords(settings.hashing.threads, settings.hashing.wait_s)
        stack.callback(passwords.close)

        units = PostgresUnitsOfWork(engine, relay, KeyCipher(settings.key_encryption_key.get_secret_value()))
        signing = Signing(units, Es256AccessTokens(settings.issuer, settings.tokens.audience), _times(settings.tokens))
        await signing.keep()
        counts = PostgresCounts(engine)
        throttling = Throttling(FallbackCounts(RedisCounts(circuit), counts), _allowances(settings.throttle))
        granting = Granting(signing, _lifetimes(settings.tokens))
        cache = RedisSessionCache(circuit, cache_times(settings.session_cache))
        liveness = Liveness(units, cache)
        sessions = SessionKeeping(units, liveness, granting)
        links = Links(link_lifetimes_s(settings.links))
        resets_woken = asyncio.Event()
        resets = PasswordResets(
            units=units,
            passwords=passwords,
            throttling=throttling,
            links=links,
            liveness=liveness,
            wake=resets_woken.set,
        )
        use_cases = UseCases(
            accounts=Accounts(units, passwords, throttling, links),
            logins=Logins(units, passwords, throttling, granting),
            sessions=sessions,
            liveness=liveness,
            verification=Verification(units, links, throttling),
            password_resets=resets,
            api_keys=KeyKeeping(units),
            erasing=Erasing(units, passwords, throttling, liveness),
            signing=signing,
        )
        rpc = AuthRpc(use_cases, settings.tokens.jwks_max_age_s)

        tasks = await stack.enter_async_context(background())
        tasks.start("signing keys", repeat("signing keys", settings.tokens.keys_reload_s, signing.keep))
        forget = partial(sessions.forget_ended, settings.tokens.kept_after_end_s)
        tasks.start("ended sessions", repeat("ended sessions", settings.tokens.sweep_s, forget))
        answering = repeat("password resets", settings.links.poll_s, resets.answer_requests, resets_woken)
        tasks.start("password resets", answering)
        tasks.start("session cache", repeat("session cache", settings.session_cache.catch_up_s, cache.catch_up))
        tasks.start("old counts", repeat("old counts", settings.tokens.sweep_s, counts.forget))
        ops = await stack.enter_async_context(http_server(_ops(engine), settings.ops.listen))
        register = partial(auth_pb2_grpc.add_AuthServiceServicer_to_server, rpc)
        grpc = await stack.enter_async_context(grpc_server(settings.grpc, [SERVICE], register))
        yield Started(tasks, grpc=grpc, ops=ops)


def cache_times(settings: SessionCacheSettings) -> CacheTimes:
    return CacheTimes(settings.alive_s, settings.ending_s, settings.ended_s)


def _ops(engine: AsyncEngine) -> Starlette:
    # Redis and RabbitMQ may be away: counts fall back to PostgreSQL, events wait in the outbox.
    return ops_app({"postgres": partial(check_database, engine)})


def _times(tokens: TokenSettings) -> KeyTimes:
    return KeyTimes(
        rotation=timedelta(seconds=tokens.key_rotation_s),
        lead=timedelta(seconds=tokens.key_lead_s),
        afterlife=timedelta(seconds=tokens.access_ttl_s + _MARGIN_S),
    )


def link_lifetimes_s(links: LinkSettings) -> dict[Purpose, float]:
    return {Purpose.VERIFICATION: links.verification_ttl_s, Purpose.RESET: links.reset_ttl_s}


def _lifetimes(tokens: TokenSettings) -> Lifetimes:
    return Lifetimes(tokens.access_ttl_s, tokens.refresh_ttl_s, tokens.refresh_grace_s)


def _allowances(throttle: ThrottleSettings) -> Allowances:
    return Allowances(**throttle.model_dump())
