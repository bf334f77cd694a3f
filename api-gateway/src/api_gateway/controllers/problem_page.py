"""`/api/docs/problems`: every code of an error, a failed video or a warning, for people and for programs."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from html import escape
from typing import Any, Final

from fiapx_models.problems import LANGUAGES, Told, registry
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api_gateway.controllers.languages import preferred_language
from api_gateway.controllers.problem_words import PROBLEMS_PATH

_STYLE_PATH: Final = f"{PROBLEMS_PATH}.css"
_STYLE: Final = """\
body { margin: 0 auto; max-width: 46rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark }
article { margin: 1.5rem 0; padding-left: 1rem; border-left: 0.25rem solid }
article:target { border-left-width: 0.75rem }
h3, p { margin: 0.25rem 0 }
"""

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "name": "English",
        "title": "Problems",
        "intro": "Every code that the API may tell, what it means and what to do. As JSON, in all languages: ask with "
        "<code>Accept: application/json</code>.",
        "problems": "Errors of answers",
        "failures": "Failures of videos",
        "warnings": "Warnings of videos",
    },
    "pt-BR": {
        "name": "Português",
        "title": "Problemas",
        "intro": "Todos os códigos que a API pode informar, o que significam e o que fazer. Em JSON, em todos os "
        "idiomas: peça com <code>Accept: application/json</code>.",
        "problems": "Erros das respostas",
        "failures": "Falhas de vídeos",
        "warnings": "Avisos de vídeos",
    },
}


def problem_page_routes() -> list[BaseRoute]:
    """The page and its style sheet, which the content security policy wants as a file."""
    return [Route(PROBLEMS_PATH, _answer), Route(_STYLE_PATH, _style)]


def _answer(request: Request) -> Response:
    vary = {"Vary": "Accept, Accept-Language"}
    accepted = request.headers.get("accept", "")
    if "application/json" in accepted and "text/html" not in accepted:
        return JSONResponse(_document(), headers=vary)
    wanted = request.query_params.get("lang") or request.headers.get("accept-language", "")
    language = preferred_language(wanted)
    return HTMLResponse(_page(language), headers=vary | {"Content-Language": language})


def _style(_request: Request) -> Response:
    return Response(_STYLE, media_type="text/css")


def _document() -> dict[str, Any]:
    return {kind: [{"code": code, **asdict(told)} for code, told in table.items()] for kind, table in _tables().items()}


@cache
def _page(language: str) -> str:
    texts = _TEXTS[language]
    sections = "".join(
        f'<section aria-labelledby="the-{kind}"><h2 id="the-{kind}">{texts[kind]}</h2>\n'
        + "".join(_article(kind, code, told, language) for code, told in table.items())
        + "</section>\n"
        for kind, table in _tables().items()
    )
    others = " ".join(
        f'<a href="?lang={other}" hreflang="{other}" lang="{other}">{_TEXTS[other]["name"]}</a>'
        for other in LANGUAGES
        if other != language
    )
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{texts["title"]} · FIAP X API</title>
<link rel="stylesheet" href="{_STYLE_PATH}">
</head>
<body>
<main>
<h1>{texts["title"]}</h1>
<p>{texts["intro"]}</p>
<nav>{others} <a href="/api/docs">API</a></nav>
{sections}</main>
</body>
</html>
"""


def _article(kind: str, code: str, told: Told, language: str) -> str:
    statuses = f"<p>HTTP {', '.join(map(str, told.statuses))}</p>" if told.statuses else ""
    return (
        f'<article id="{_anchor(kind, code)}"><h3>{_html(told.title[language])} <code>{code}</code></h3>{statuses}'
        f"<p>{_html(_open(kind, told.meaning[language]))}</p><p>{_html(told.action[language])}</p></article>\n"
    )


def _anchor(kind: str, code: str) -> str:
    """The code itself for whatever an answer's `type` may lead to."""
    is_answered = kind == "problems" or (kind == "failures" and code not in registry().problems)
    return code if is_answered else f"{kind.removesuffix('s')}-{code}"


def _open(kind: str, sentence: str) -> str:
    """A warning's figures are left open."""
    return re.sub(r"{\w+}", "…", sentence) if kind == "warnings" else sentence


def _html(text: str) -> str:
    """With its code marked."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _tables() -> dict[str, Mapping[str, Told]]:
    told = registry()
    return {"problems": told.problems, "failures": told.failures, "warnings": told.warnings}
