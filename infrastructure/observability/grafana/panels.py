"""What a dashboard is made of, and its form as Grafana's JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, Literal

SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_COLUMNS: Final = 24
_GREEN: Final = {"color": "green", "value": None}
_SCHEMA: Final = 39  # of Grafana 10 and 11; later ones read it


@dataclass(frozen=True)
class Query:
    """One expression and the name of its lines."""

    expression: str
    legend: str


@dataclass(frozen=True)
class Panel:
    """One picture."""

    title: str
    description: str
    unit: str
    """Grafana's id of a unit: short, s, percentunit, bytes, reqps, …"""
    queries: tuple[Query, ...]
    kind: Literal["timeseries", "stat", "table"] = "timeseries"
    warn_above: float | None = None
    alarm_above: float | None = None
    alarm_below: float | None = None
    """For figures of which less is worse, such as workers alive."""
    width: int = 8
    exemplars: bool = False
    """Show single requests as points that lead to their traces."""


@dataclass(frozen=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Dashboard:
    """One page."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]


def panel(title: str, description: str, unit: str, *queries: tuple[str, str], **options: Any) -> Panel:
    """A panel of (expression, legend) pairs; `options` are fields of Panel."""
    return Panel(title, description, unit, tuple(Query(*query) for query in queries), **options)


def quantile(share: float, histogram: str, *, by: str = "", where: str = "") -> str:
    """The expression for a quantile of a histogram, for each value of the labels `by`."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({histogram}_bucket{where}[$__rate_interval])))"


def rendered(dashboard: Dashboard, others: Sequence[Dashboard]) -> dict[str, Any]:
    """A dashboard as Grafana imports it, with links to the others."""
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": ["fiapx"],
        "schemaVersion": _SCHEMA,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [_data_source(), _jobs()]},
        "annotations": {"list": [_alerts()]},
        "links": [_link(other) for other in others if other.uid != dashboard.uid],
        "panels": list(_placed(dashboard.rows)),
    }


def _placed(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    ids, top = count(1), 0
    for row in rows:
        place = {"x": 0, "y": top, "w": _COLUMNS, "h": 1}
        yield {"id": next(ids), "type": "row", "title": row.title, "collapsed": False, "panels": [], "gridPos": place}
        top, left, height = top + 1, 0, 0
        for each in row.panels:
            if left + each.width > _COLUMNS:
                top, left, height = top + height, 0, 0
            tall = 4 if each.kind == "stat" else 8
            place = {"x": left, "y": top, "w": each.width, "h": tall}
            yield _panel(each, next(ids)) | {"gridPos": place}
            left, height = left + each.width, max(height, tall)
        top += height


def _panel(each: Panel, number: int) -> dict[str, Any]:
    instant = each.kind != "timeseries"
    targets = [
        {
            "refId": chr(ord("A") + place),
            "datasource": SOURCE,
            "expr": query.expression,
            "legendFormat": query.legend,
            "instant": instant,
            "range": not instant,
            "exemplar": each.exemplars,
            **({"format": "table"} if each.kind == "table" else {}),
        }
        for place, query in enumerate(each.queries)
    ]
    return {
        "id": number,
        "type": each.kind,
        "title": each.title,
        "description": each.description,
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": {"unit": each.unit, "min": 0, **_thresholds(each)}, "overrides": []},
        "options": _OPTIONS[each.kind],
    }


_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "colorMode": "value",
        "graphMode": "area",
        "textMode": "auto",
    },
    "table": {"showHeader": True},
}


def _thresholds(each: Panel) -> dict[str, Any]:
    if each.alarm_below is not None:
        steps = [{"color": "red", "value": None}, {"color": "green", "value": each.alarm_below}]
    else:
        limits = (("orange", each.warn_above), ("red", each.alarm_above))
        steps = [_GREEN, *({"color": color, "value": limit} for color, limit in limits if limit is not None)]
    has_limits = len(steps) > 1
    shown = {"custom": {"thresholdsStyle": {"mode": "dashed"}}} if has_limits and each.kind == "timeseries" else {}
    return {"thresholds": {"mode": "absolute", "steps": steps}, **shown}


def _data_source() -> dict[str, Any]:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": {"text": "Prometheus", "value": "prometheus"},
    }


def _jobs() -> dict[str, Any]:
    query = "label_values(fiapx_build_info, job)"
    return {
        "name": "job",
        "label": "Component",
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"query": query, "refId": "jobs"},
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "current": {"text": "All", "value": "$__all"},
    }


def _alerts() -> dict[str, Any]:
    return {
        "name": "Alerts",
        "datasource": SOURCE,
        "enable": True,
        "iconColor": "red",
        "expr": 'ALERTS{alertstate="firing"}',
        "titleFormat": "{{alertname}}",
        "textFormat": "{{job}} {{queue}}",
    }


def _link(other: Dashboard) -> dict[str, Any]:
    return {
        "title": other.title,
        "type": "link",
        "url": f"/d/{other.uid}",
        "keepTime": True,
        "includeVars": True,
        "targetBlank": False,
    }
