"""Pages: the API's documentation, which needs nothing from elsewhere, and an index where no SPA is served."""

from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import URLPath
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Match, Mount, NoMatchFound, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

_DOCS: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>FIAP X API</title>
<link rel="stylesheet" href="/api/docs/assets/swagger-ui.css">
</head>
<body>
<main id="swagger-ui"></main>
<script src="/api/docs/assets/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"""

_START: Final = """SwaggerUIBundle({
  url: "/api/openapi.json", dom_id: "#swagger-ui", deepLinking: true, persistAuthorization: false, validatorUrl: null
});
"""

_INDEX: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>FIAP X</title>
</head>
<body>
<main>
<h1>FIAP X</h1>
<p>A video in, a ZIP of exactly the frames you asked for out.</p>
<ul>
<li><a href="/api/docs">API documentation</a></li>
<li><a href="/api/openapi.json">OpenAPI 3.1</a></li>
<li><a href="/health/ready">Health</a></li>
</ul>
</main>
</body>
</html>
"""


def docs_routes() -> list[BaseRoute]:
    """Swagger UI from our own address."""
    return [
        Route("/api/docs", _docs),
        Route("/api/docs/start.js", _start),
        Mount("/api/docs/assets", StaticFiles(packages=[("fastapi_offline", "static")])),
    ]


def index_route() -> BaseRoute:
    """The small index page."""
    return Route("/", _index)


class NothingHere(BaseRoute):
    """Answers 404 below a prefix, where a SPA's index page would otherwise stand for every unknown path.

    It matches only in part, so that a call that is known under another method is told so instead.
    """

    def __init__(self, prefix: str) -> None:
        self.path = prefix

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """In part, below the prefix."""
        below = scope["type"] == "http" and scope["path"].startswith(self.path)
        return (Match.PARTIAL if below else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Never: nothing is here."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        """Tells so."""
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Nothing is at {scope['path']}.")


def _docs(_request: Request) -> Response:
    return HTMLResponse(_DOCS)


def _start(_request: Request) -> Response:
    return Response(_START, media_type="text/javascript")


def _index(_request: Request) -> Response:
    return HTMLResponse(_INDEX)
