"""Writes the dashboards: `cd infrastructure/observability && python -m grafana.generate [folder]`."""

import json
import sys
from pathlib import Path
from typing import Final

from grafana.dependencies import DEPENDENCIES
from grafana.overview import OVERVIEW
from grafana.panels import rendered
from grafana.pipeline import PIPELINE
from grafana.workers import WORKERS

ALL: Final = (OVERVIEW, PIPELINE, WORKERS, DEPENDENCIES)


def write(folder: Path) -> None:
    """Each dashboard as `folder`/NAME.json."""
    for dashboard in ALL:
        text = json.dumps(rendered(dashboard, ALL), indent=1, ensure_ascii=False)
        (folder / f"{dashboard.uid.removeprefix('fiapx-')}.json").write_text(f"{text}\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "dashboards")
