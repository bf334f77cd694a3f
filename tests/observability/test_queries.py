"""Every panel and every rule, evaluated by a live Prometheus that watched a platform under load."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fiapx_testing.driven_load import Load
from fiapx_testing.monitoring import Prometheus

ROOT = Path(__file__).parents[2]
DASHBOARDS = sorted((ROOT / "infrastructure/observability/grafana/dashboards").glob("*.json"))
GRAFANAS_OWN = {"$__rate_interval": "1m", "$job": ".+"}
"""What Grafana puts in; its rate interval is four scrapes or more."""


@dataclass(frozen=True)
class Asked:
    """One query of one panel."""

    panel: str
    unit: str
    expression: str


def asked(dashboard: Path) -> Iterator[Asked]:
    for panel in json.loads(dashboard.read_text())["panels"]:
        for target in panel.get("targets", ()):
            expression = target["expr"]
            for name, value in GRAFANAS_OWN.items():
                expression = expression.replace(name, value)
            assert "$" not in re.sub(r"\$(?=[\"'])", "", expression), f"{expression} has a variable nobody fills in"
            yield Asked(panel["title"], panel["fieldConfig"]["defaults"]["unit"], expression)


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_no_query_of_a_panel_is_empty_or_without_sense(dashboard: Path, watch: Prometheus, driven: Load) -> None:
    faults = []
    for query in asked(dashboard):
        values = [sample.value for sample in watch.query(query.expression)]
        numbers = [value for value in values if not math.isnan(value)]
        if not numbers:
            faults.append(f"{query.panel}: {'only NaN' if values else 'nothing'} from {query.expression}")
        elif min(numbers) < 0 or (query.unit == "percentunit" and max(numbers) > 1):
            faults.append(f"{query.panel}: {min(numbers)} to {max(numbers)} from {query.expression}")
    assert faults == []


def test_every_rule_is_evaluated_without_an_error(watch: Prometheus, driven: Load) -> None:
    faults = [(rule["name"], rule["health"], rule.get("lastError")) for rule in watch.rules() if rule["health"] != "ok"]
    assert watch.rules()
    assert faults == []


def test_no_alert_fires_on_a_platform_that_is_well(watch: Prometheus, driven: Load) -> None:
    assert [alert["labels"] for alert in watch.alerts() if alert["state"] == "firing"] == []


def test_what_was_counted_is_what_came_out(watch: Prometheus, driven: Load) -> None:
    assert driven.counted(watch, 'fiapx_jobs_total{how="completed"}') == driven.videos
    assert driven.counted(watch, "fiapx_frames_total") == driven.frames
    assert driven.counted(watch, "fiapx_video_seconds_total") == pytest.approx(driven.video_s)


def test_as_many_videos_failed_as_were_damaged(watch: Prometheus, driven: Load) -> None:
    assert driven.counted(watch, 'fiapx_videos_finished_total{outcome="failed"}') == driven.failed


def test_wrong_passwords_are_told_from_right_ones(watch: Prometheus, driven: Load) -> None:
    logins = 'fiapx_grpc_requests_total{job="auth-service",method=~".+/Login",code="%s"}'

    assert watch.total(logins % "UNAUTHENTICATED") >= 2
    assert watch.total(logins % "OK") >= 2


def test_slow_requests_lead_to_their_traces(watch: Prometheus, driven: Load) -> None:
    for histogram in (
        "fiapx_http_request_seconds_bucket",
        "fiapx_grpc_request_seconds_bucket",
        "fiapx_stage_seconds_bucket",
    ):
        found = watch.exemplars(histogram)
        assert found, histogram
        assert all(re.fullmatch("[0-9a-f]{32}", exemplar["labels"]["trace_id"]) for exemplar in found)
