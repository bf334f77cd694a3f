"""A run as a table for people and as JSON for machines."""

import json
import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from fiapx_testing.chaos.faults.striking import Struck
from fiapx_testing.chaos.run import Verdict, Wish
from fiapx_testing.figures import percentile

Group = TypeVar("Group", bound=Hashable)


def markdown(wish: Wish, verdict: Verdict) -> str:
    """Each kind of fault: how often, and how long until what was struck answered again."""
    storm = f"{wish.uploads} uploads and {len(verdict.struck)} faults in {wish.seconds:g} s, seed {wish.seed}"
    ends = ", ".join(f"{count} {status}" for status, count in verdict.videos.items())
    head = [
        f"{storm}: {verdict.promises} promises; videos: {ends}.",
        f"All work was done {_after(verdict.quiet_after_s)}, all was swept {_after(verdict.swept_after_s)}.",
        "",
        "| fault | strikes | recovery p50 | p95 | longest | of |",
        "|---|---|---|---|---|---|",
    ]
    table = [
        f"| {row['fault']} | {row['times']} | {_s(row['p50_s'])} | {_s(row['p95_s'])} | {_s(row['max_s'])}"
        f" | {row['slowest']} |"
        for row in by_fault(verdict.struck)
    ]
    idle = sorted({*wish.times} - {one.strike.fault for one in verdict.struck})
    unused = [f"Struck nobody: {', '.join(idle)}.", ""] if idle else []
    broken = [f"- {breach.invariant} {breach.about}: {breach.what}" for breach in verdict.breaches]
    return "\n".join([*head, *table, "", *unused, f"Breaches: {len(broken)}", *broken, ""])


def by_fault(struck: Sequence[Struck]) -> list[dict[str, Any]]:
    """A row for each kind of fault; where one did not come back within its time there are no figures."""
    return [
        {"fault": fault.value, **_figures(all_), "slowest": max(all_, key=_time).strike.target}
        for fault, all_ in _grouped(struck, lambda one: one.strike.fault).items()
    ]


def recoveries(struck: Sequence[Struck]) -> list[dict[str, Any]]:
    """As `by_fault`, a row for each target."""
    grouped = _grouped(struck, lambda one: (one.strike.fault, one.strike.target))
    return [{"fault": fault.value, "target": target, **_figures(all_)} for (fault, target), all_ in grouped.items()]


def write_json(wish: Wish, verdict: Verdict, file: Path) -> None:
    told = {
        "wish": {**asdict(wish), "programs": sorted(wish.programs)},
        "promises": verdict.promises,
        "videos": dict(verdict.videos),
        "quiet_after_s": verdict.quiet_after_s,
        "swept_after_s": verdict.swept_after_s,
        "recoveries": recoveries(verdict.struck),
        "breaches": list(map(asdict, verdict.breaches)),
    }
    file.write_text(json.dumps(told, indent=1) + "\n")


def _grouped(struck: Sequence[Struck], by: Callable[[Struck], Group]) -> dict[Group, list[Struck]]:
    groups: dict[Group, list[Struck]] = {}
    for one in sorted(struck, key=lambda one: (one.strike.fault, one.strike.target)):
        groups.setdefault(by(one), []).append(one)
    return groups


def _figures(struck: Sequence[Struck]) -> dict[str, Any]:
    times = sorted(map(_time, struck))
    whole = times[-1] < math.inf
    return {
        "times": len(times),
        "p50_s": percentile(times, 0.5) if whole else None,
        "p95_s": percentile(times, 0.95) if whole else None,
        "max_s": times[-1] if whole else None,
    }


def _time(one: Struck) -> float:
    return math.inf if one.recovery_s is None else one.recovery_s


def _after(seconds: float | None) -> str:
    return "**never**" if seconds is None else f"{seconds:g} s after the last of them"


def _s(value: float | None) -> str:
    return "**not back**" if value is None else f"{value:.1f} s"
