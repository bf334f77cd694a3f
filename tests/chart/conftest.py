"""The chart, and every branch of it rendered."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from fiapx_testing.charts import Chart, Rendered

_ROOT = Path(__file__).parents[2]
_VALUES = _ROOT / "infrastructure" / "kubernetes" / "values"
_BRANCHES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("branches.yaml").read_text())


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return _ROOT


@pytest.fixture(scope="session")
def chart() -> Chart:
    """FIAP X's chart."""
    return Chart(_ROOT / "infrastructure" / "kubernetes" / "fiapx")


@pytest.fixture(scope="session")
def trial(chart: Chart) -> Rendered:
    """As it comes, without any values."""
    return chart.render()


@pytest.fixture(scope="session")
def production(chart: Chart) -> Rendered:
    """With servers elsewhere."""
    return chart.render(files=[_VALUES / "production.yaml"])


@pytest.fixture(scope="session", params=_BRANCHES)
def branch(request: pytest.FixtureRequest, chart: Chart) -> Rendered:
    """Every branch of `branches.yaml`."""
    return _render(chart, request.param)


@pytest.fixture(scope="session", params=[name for name, given in _BRANCHES.items() if given.get("apis")])
def branch_for_operators(request: pytest.FixtureRequest, chart: Chart) -> Rendered:
    """Those for clusters that know more than Kubernetes' own kinds."""
    return _render(chart, request.param)


@cache
def _render(chart: Chart, name: str) -> Rendered:
    given = _BRANCHES[name]
    files = [_VALUES / name for name in given.get("files", [])]
    return chart.render(
        given.get("values"), files=files, apis=given.get("apis", []), upgrade=given.get("upgrade", False)
    )
