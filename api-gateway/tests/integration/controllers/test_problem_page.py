"""The page of all problems, and that answers lead to it."""

import re
from typing import Any

import pytest
from fiapx_models.problems import registry

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAGE = "/api/docs/problems"


@pytest.fixture
def root(lonely: Any) -> Any:
    """A client of the gateway's root; nobody is behind it."""
    return lonely.client(root="")


def anchors(page: str) -> list[str]:
    return re.findall(r'<article id="([\w-]+)"', page)


async def test_every_code_is_told_of_in_a_place_of_its_own(root: Any) -> None:
    async with root:
        page = (await root.get(PAGE)).raise_for_status().text
    told = registry()
    assert len(anchors(page)) == len({*anchors(page)}) == sum(map(len, (told.problems, told.failures, told.warnings)))
    assert {*told.problems, *told.failures} <= {*anchors(page)}


@pytest.mark.parametrize(
    ("query", "accept_language", "language"),
    [("", "", "en"), ("", "pt-BR,en;q=0.5", "pt-BR"), ("?lang=pt-BR", "en", "pt-BR"), ("?lang=en", "pt", "en")],
)
async def test_the_page_is_in_the_readers_language(root: Any, query: str, accept_language: str, language: str) -> None:
    async with root:
        answer = await root.get(PAGE + query, headers={"Accept-Language": accept_language})
    assert f'<html lang="{language}">' in answer.text
    assert registry().problems["video_not_found"].meaning[language] in answer.text
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"].startswith("Accept, Accept-Language")


async def test_programs_get_all_of_it_in_both_languages(root: Any) -> None:
    async with root:
        told = (await root.get(PAGE, headers={"Accept": "application/json"})).json()
    [missing] = [one for one in told["problems"] if one["code"] == "video_not_found"]
    assert (missing["statuses"], missing["title"]["pt-BR"]) == ([404], "Vídeo não encontrado")
    assert {one["code"] for one in told["warnings"]} == {*registry().warnings}
    assert {one["code"] for one in told["failures"]} == {*registry().failures}


async def test_the_page_needs_nothing_but_its_style_sheet(root: Any) -> None:
    async with root:
        page = (await root.get(PAGE)).text
        assert "<script" not in page
        assert "style=" not in page
        [style] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
        answer = await root.get(style)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")


async def test_an_answers_type_leads_to_where_the_problem_is_told_of(root: Any) -> None:
    async with root:
        problem = (await root.get("/api/v1/videos")).json()
        page = (await root.get(problem["type"])).text
    assert problem["type"].partition("#")[2] == problem["code"] == "missing_token"
    assert problem["code"] in anchors(page)


@pytest.mark.parametrize(
    ("path", "title"), [("/api/v1/videos", "Falta o token de acesso"), ("/api/v1/nothing", "Não há nada aqui")]
)
async def test_a_refusal_is_told_in_the_callers_language(root: Any, path: str, title: str) -> None:
    async with root:
        english = await root.get(path)
        portuguese = await root.get(path, headers={"Accept-Language": "pt-BR"})
    assert portuguese.json()["title"] == title != english.json()["title"]
    assert portuguese.json()["code"] == english.json()["code"]
    assert "Accept-Language" in portuguese.headers["Vary"]
    assert portuguese.headers["Content-Language"].startswith("pt-BR")


async def test_who_asks_too_often_is_told_in_their_language(open_door: Any, settings: Any) -> None:
    rates = settings.rates.model_copy(update={"auth_per_minute": 1})
    door = await open_door(settings.model_copy(update={"rates": rates}))
    async with door.client() as client:
        client.headers["Accept-Language"] = "pt-BR"
        answers = [await client.post("/auth/refresh") for _ in range(2)]
    assert (answers[1].status_code, answers[1].json()["title"]) == (429, "Pedidos demais")
