"""Every branch of the chart is what Kubernetes takes, in the oldest version that it is for and in the newest."""

import json
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import kubernetes_validate
import pytest
from fiapx_testing.charts import Chart, Manifest, Rendered

OLDEST, NEWEST = "1.30", "1.37"
_OPERATORS = ("monitoring.coreos.com/", "keda.sh/")


def of_operators(manifest: Manifest) -> bool:
    return str(manifest["apiVersion"]).startswith(_OPERATORS)


@cache
def judge(manifest: str, version: str) -> None:
    """Raises where Kubernetes would refuse it; many branches have the same manifests."""
    kubernetes_validate.validate(json.loads(manifest), version, strict=True)


def test_the_chart_passes_helms_own_strict_review(chart: Chart) -> None:
    assert "0 chart(s) failed" in chart.run("lint", "--strict", str(chart.folder))


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_a_branch_is_valid_for_a_version_of_kubernetes(branch: Rendered, version: str) -> None:
    for manifest in branch.manifests:
        if not of_operators(manifest):
            judge(json.dumps(manifest), version)


def test_what_a_branch_gives_to_operators_is_valid_for_them(branch_for_operators: Rendered, root: Path) -> None:
    manifests = [manifest for manifest in branch_for_operators.manifests if of_operators(manifest)]
    program = root / "infrastructure" / "tools" / "custom_resources.mjs"
    done = subprocess.run(
        ["node", str(program)], input=json.dumps(manifests), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    assert done.stdout.split() == [manifest["metadata"]["name"] for manifest in manifests]


def test_no_two_manifests_of_a_branch_have_the_same_name(branch: Rendered) -> None:
    names = Counter((manifest["kind"], manifest["metadata"]["name"]) for manifest in branch.manifests)
    assert [name for name, count in names.items() if count > 1] == []


def test_the_oldest_version_tested_is_the_one_that_the_chart_asks_for(chart: Chart) -> None:
    assert f'kubeVersion: ">={OLDEST}.0-0"' in (chart.folder / "Chart.yaml").read_text()
