"""How a queue and its workers went, as a picture (SVG)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_WIDTH, _LEFT, _RIGHT = 760, 56, 16
_PANEL, _GAP, _TOP = 130, 46, 34
_TICKS = 4
_STYLE = (
    "text{font:12px sans-serif;fill:#57606a}.title{font-weight:600}.grid{stroke:#8886;stroke-width:1}"
    ".line{fill:none;stroke-width:2;stroke-linejoin:round}"
)


@dataclass(frozen=True)
class Moment:
    """What was seen and decided at one look."""

    when_s: float
    messages: int
    workers: int


@dataclass(frozen=True)
class _Panel:
    title: str
    colour: str
    value: Callable[[Moment], int]


_PANELS = (
    _Panel("segments queued and under way (RabbitMQ)", "#0969da", lambda moment: moment.messages),
    _Panel("workers wanted by the autoscaler", "#bc4c00", lambda moment: moment.workers),
)


def draw(moments: Sequence[Moment], file: Path) -> None:
    """Two panels above one another, with time in seconds below."""
    last_s = moments[-1].when_s
    height = _TOP + len(_PANELS) * (_PANEL + _GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for number, panel in enumerate(_PANELS):
        parts += _drawn(panel, moments, last_s, _TOP + number * (_PANEL + _GAP))
    file.write_text("\n".join([*parts, "</svg>", ""]))


def _drawn(panel: _Panel, moments: Sequence[Moment], last_s: float, top: float) -> list[str]:
    highest = max(panel.value(moment) for moment in moments)
    step = max(1, -(-highest // _TICKS))
    ceiling = step * -(-highest // step)

    def x(when_s: float) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * when_s / last_s, 1)

    def y(value: float) -> float:
        return round(top + _PANEL - _PANEL * value / ceiling, 1)

    parts = [f'<text class="title" x="{_LEFT}" y="{top - 12}">{panel.title}</text>']
    for value in range(0, ceiling + 1, step):
        parts.append(f'<path class="grid" d="M{_LEFT} {y(value)}H{_WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y(value) + 4}" text-anchor="end">{value}</text>')
    parts += [
        f'<text x="{x(when_s)}" y="{top + _PANEL + 16}" text-anchor="middle">{when_s} s</text>'
        for when_s in _round_times(last_s)
    ]
    path = "".join(f"H{x(moment.when_s)}V{y(panel.value(moment))}" for moment in moments[1:])
    start = f"M{x(moments[0].when_s)} {y(panel.value(moments[0]))}"
    parts.append(f'<path class="line" stroke="{panel.colour}" d="{start}{path}"/>')
    return parts


def _round_times(last_s: float) -> range:
    step = next(step for step in (1, 2, 5, 10, 20, 30, 60, 120, 300) if last_s / step <= 10 or step == 300)
    return range(0, int(last_s) + 1, step)
