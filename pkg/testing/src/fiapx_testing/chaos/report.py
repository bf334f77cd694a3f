"""A run as a table for people and as JSON for machines."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fiapx_testing.chaos.faults import Struck
from fiapx_testing.chaos.run import Verdict, Wish


def markdown(wish: Wish, verdict: Verdict) -> str:
    """Each program and fault: how often, and how long until it answered again."""
    storm = f"{wish.uploads} uploads and {len(verdict.struck)} faults in {wish.seconds:g} s, seed {wish.seed}"
    ends = ", ".join(f"{count} {status}" for status, count in verdict.videos.items())
    head = [
        f"{storm}: {verdict.promises} promises; videos: {ends}.",
        f"All work was done {_after(verdict.quiet_after_s)}, all was swept {_after(verdict.swept_after_s)}.",
        "",
        "| fault | program | times | recovery p50 | p95 | longest |",
        "|---|---|---|---|---|---|",
    ]
    table = [
        f"| {row['fault']} | {row['target']} | {row['times']} | {_s(row['p50_s'])} | {_s(row['p95_s'])}"
        f" | {_s(row['max_s'])} |"
        for row in recoveries(verdict.struck)
    ]
    broken = [f"- {breach.invariant} {breach.about}: {breach.what}" for breach in verdict.breaches]
    return "\n".join([*head, *table, "", f"Breaches: {len(broken)}", *broken, ""])


def recoveries(struck: Sequence[Struck]) -> list[dict[str, Any]]:
    """By fault and program; a program that did not come back within its time has no figures."""
    kinds = sorted({(one.strike.fault, one.strike.target) for one in struck})
    rows = []
    for fault, target in kinds:
        times = [one.recovery_s for one in struck if (one.strike.fault, one.strike.target) == (fault, target)]
        known = sorted(time_s for time_s in times if time_s is not None)
        whole = len(known) == len(times)
        rows.append(
            {
                "fault": fault.value,
                "target": target,
                "times": len(times),
                "p50_s": _percentile(known, 0.5) if whole else None,
                "p95_s": _percentile(known, 0.95) if whole else None,
                "max_s": known[-1] if whole else None,
            }
        )
    return rows


def write_json(wish: Wish, verdict: Verdict, file: Path) -> None:
    told = {
        "wish": {**asdict(wish), "faults": sorted(wish.faults), "programs": sorted(wish.programs)},
        "promises": verdict.promises,
        "videos": dict(verdict.videos),
        "quiet_after_s": verdict.quiet_after_s,
        "swept_after_s": verdict.swept_after_s,
        "recoveries": recoveries(verdict.struck),
        "breaches": list(map(asdict, verdict.breaches)),
    }
    file.write_text(json.dumps(told, indent=1) + "\n")


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest rank."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def _after(seconds: float | None) -> str:
    return "**never**" if seconds is None else f"{seconds:g} s after the last of them"


def _s(value: float | None) -> str:
    return "**not back**" if value is None else f"{value:.1f} s"
