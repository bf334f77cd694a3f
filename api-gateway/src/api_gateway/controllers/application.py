"""The ASGI application: routers, middlewares, problems, documentation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.middleware.cors import CORSMiddleware
from fiapx_common.http.measuring import Measuring
from fiapx_common.http.ops import Check, ops_routes
from fiapx_common.http.problem import install_problems
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from starlette.types import ASGIApp

from api_gateway.controllers.admission import Admission
from api_gateway.controllers.allowed_methods import AllowedMethods
from api_gateway.controllers.answer_headers import API_PREFIX, HeadAsGet, SecurityHeaders, TraceHeader
from api_gateway.controllers.api_keys_http import ApiKeysHttp
from api_gateway.controllers.auth_http import AuthHttp
from api_gateway.controllers.direct_uploads_http import DirectUploadsHttp
from api_gateway.controllers.estimates_http import EstimatesHttp
from api_gateway.controllers.event_stream import OpenStreams, StreamTimes
from api_gateway.controllers.events_http import EventsHttp
from api_gateway.controllers.export_http import ExportHttp
from api_gateway.controllers.hidden_tokens import hide_tokens
from api_gateway.controllers.images_http import ImagesHttp
from api_gateway.controllers.keys_http import KeysHttp
from api_gateway.controllers.lingering import Lingering
from api_gateway.controllers.me_http import MeHttp
from api_gateway.controllers.openapi_document import GatewayApp
from api_gateway.controllers.overviews_http import OverviewsHttp
from api_gateway.controllers.page_files import PageFiles
from api_gateway.controllers.pages import NothingHere, docs_routes, index_route
from api_gateway.controllers.problem_page import problem_page_routes
from api_gateway.controllers.problem_words import words_of
from api_gateway.controllers.readable_videos import OwnVideos, ReadableVideos, SharedVideos
from api_gateway.controllers.results_http import ResultsHttp
from api_gateway.controllers.session_cookies import CSRF_HEADER
from api_gateway.controllers.shares_http import SharedHttp, SharesHttp
from api_gateway.controllers.shedding import Shedding
from api_gateway.controllers.status_http import StatusHttp
from api_gateway.controllers.uploads_http import UploadsHttp
from api_gateway.controllers.usage_http import UsageHttp
from api_gateway.controllers.validators import Validators
from api_gateway.controllers.videos_http import VideosHttp
from api_gateway.controllers.webhooks_http import WebhooksHttp
from api_gateway.entities.addresses import Network
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
from api_gateway.services.uploading import Uploading
from api_gateway.services.waiting import Waiting
from api_gateway.services.webhook_desk import WebhookDesk

_EXPOSED: Final = (
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Trace-Id",
    "WWW-Authenticate",
)


@dataclass(frozen=True)
class UseCases:
    """All that the door opens to."""

    desk: AccountDesk
    key_desk: KeyDesk
    admitting: Admitting
    library: Library
    results: Results
    uploading: Uploading
    direct_uploading: DirectUploading
    following: Following
    waiting: Waiting
    overviews: Overviews
    estimating: Estimating
    exporting: Exporting
    webhook_desk: WebhookDesk
    sharing: Sharing


@dataclass(frozen=True)
class DoorRules:
    """How the door behaves."""

    trusted_proxies: Sequence[Network]
    cors_origins: Sequence[str]
    store_origins: Sequence[str]
    client_idle_s: float
    streams: OpenStreams
    stream_times: StreamTimes
    spa_dir: Path | None


def create_app(cases: UseCases, rules: DoorRules, checks: Mapping[str, Check]) -> ASGIApp:
    """The whole application."""
    app = GatewayApp(
        title="FIAP X",
        version="1",
        description="A video in, a ZIP of exactly the frames you asked for out.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    install_problems(app, words_of)
    for router in _routers(cases, rules):
        app.include_router(router)
    app.router.routes.extend([*ops_routes(checks), *docs_routes(), *problem_page_routes(), NothingHere(API_PREFIX)])
    app.router.routes.append(PageFiles(rules.spa_dir, API_PREFIX) if rules.spa_dir else index_route())

    # The last one added is the outermost.
    app.add_middleware(Validators)
    app.add_middleware(AllowedMethods, routes=app.router.routes)
    app.add_middleware(Admission, admitting=cases.admitting, trusted_proxies=rules.trusted_proxies)
    app.add_middleware(Shedding, uploading=cases.uploading)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=rules.cors_origins,
        allow_credentials=True,
        allow_methods=["GET", "HEAD", "POST", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", CSRF_HEADER],
        expose_headers=_EXPOSED,
    )
    app.add_middleware(Lingering)
    app.add_middleware(Measuring)
    app.add_middleware(TraceHeader)
    FastAPIInstrumentor.instrument_app(
        app,
        excluded_urls="/health/.*,/metrics",
        exclude_spans=["receive", "send"],
        server_request_hook=hide_tokens,
    )
    return HeadAsGet(SecurityHeaders(app, rules.store_origins))


def _routers(cases: UseCases, rules: DoorRules) -> list[APIRouter]:
    shared = SharedVideos(cases.sharing)
    return [
        AuthHttp(cases.desk).router(),
        MeHttp(cases.desk).router(),
        UsageHttp(cases.library).router(),
        ApiKeysHttp(cases.key_desk).router(),
        ExportHttp(cases.exporting).router(),
        VideosHttp(cases.library).router(),
        UploadsHttp(cases.uploading, rules.client_idle_s).router(),
        DirectUploadsHttp(cases.direct_uploading).router(),
        EventsHttp(cases.following, rules.streams, rules.stream_times).router(),
        *_results(cases, OwnVideos()),
        *_results(cases, shared),
        SharesHttp(cases.sharing).router(),
        SharedHttp(cases.sharing, shared).router(),
        EstimatesHttp(cases.estimating).router(),
        WebhooksHttp(cases.webhook_desk).router(),
        StatusHttp(cases.waiting).router(),
        KeysHttp(cases.admitting).router(),
    ]


def _results(cases: UseCases, videos: ReadableVideos) -> list[APIRouter]:
    return [
        ResultsHttp(cases.results, videos).router(),
        ImagesHttp(cases.results, videos).router(),
        OverviewsHttp(cases.overviews, videos).router(),
    ]
