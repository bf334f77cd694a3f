"""The page, judged by npm: its client, its logic, and its journeys in a real browser."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from fiapx_engine.plan_warnings import WarningCode
from fiapx_models.failures import FailureCode
from fiapx_testing.platforms import Platform

HERE = Path(__file__).parent
FRONTEND = HERE.parents[1] / "frontend"
LANGUAGES = ("en.ts", "pt-BR.ts")
SPECS = sorted(path.name for path in HERE.glob("*.spec.ts"))
STARTS = 3
"""Of Playwright: each takes as much time as a journey, and keeps the platform from tests that want it alone."""
_BROWSER_S = 900


def npm(*command: str, url: str = "", timeout_s: float) -> None:
    """Runs a script of the page's package; its output is the failure's text."""
    program = shutil.which("npm")
    assert program is not None, "Node is not installed: make install"
    run = subprocess.run(
        [program, "run", *command],
        cwd=FRONTEND,
        env=os.environ | ({"FIAPX_URL": url} if url else {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.timeout(1200)
def test_the_typed_client_is_as_the_api_is_documented() -> None:
    npm("api:check", timeout_s=600)


@pytest.mark.timeout(1200)
def test_the_pages_logic_is_right() -> None:
    npm("test", timeout_s=900)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("specs", [SPECS[start::STARTS] for start in range(STARTS)], ids=" ".join)
def test_the_journeys_work_in_a_browser(specs: list[str], platform: Platform, tmp_path: Path) -> None:
    options = ("--output", str(tmp_path), f"--global-timeout={_BROWSER_S * 1000}")
    npm("test:browser", "--", *specs, *options, url=platform.url, timeout_s=_BROWSER_S + 20)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [*FailureCode, *WarningCode])
def test_every_failure_and_warning_has_words_on_the_page(code: str, language: str) -> None:
    texts = (FRONTEND / "src" / "i18n" / language).read_text()
    assert f"\n    {code}: " in texts
