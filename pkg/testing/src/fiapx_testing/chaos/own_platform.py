"""A whole platform of a run's own, with a proxy on each way to a server; it is gone after the block."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from fiapx_local.layout import Layout
from fiapx_local.services import Service

from fiapx_testing.chaos.changed_stack import ChangedStack, unchanged
from fiapx_testing.chaos.network import Network, network
from fiapx_testing.chaos.small_disk import release, small_disk
from fiapx_testing.local_host import LocalHost
from fiapx_testing.platforms import Platform

SETTINGS: Final = {
    "UPLOAD_SWEEP__PERIOD_S": "2",
    "UPLOAD_SWEEP__GRACE_S": "45",
    "UPLOAD_STREAM__TIMEOUT_S": "40",
    "GATEWAY_RATES__API_PER_MINUTE": "100000",
    "GATEWAY_RATES__AUTH_PER_MINUTE": "100000",
    "UPLOAD_DIRECT__PART_BYTES": str(5 << 20),
    "PROCESSING_DECODER__SEGMENT_FRAMES": "20",
}
"""What is left over goes while we look; all users share one address; short clips have several segments."""
_DISKS: Final = {"scratch": 256 << 20, "postgres": 2 << 30}
"""Bytes of those that a full disk is tried on; of a file with holes, of which little is ever written."""


@dataclass(frozen=True)
class OwnPlatform:
    """Two processes of each service; the servers write through to the disk, as in production."""

    platform: Platform
    network: Network
    disks: Mapping[str, Path]
    """Small ones of their own, of those of _DISKS that could be mounted."""


@contextmanager
def own_platform(folder: Path, change: Callable[[Service], Service] = unchanged) -> Iterator[OwnPlatform]:
    """Runs below the folder, where its programs' logs stay; one that an earlier run left behind is ended first.

    Args:
        folder: of the run, which must exist; this process keeps SETTINGS in its environment.
        change: gives another form of each service.
    """
    os.environ.update(SETTINGS)
    with ExitStack() as ending:
        ways = ending.enter_context(network())
        made = partial(ChangedStack, change=lambda service: ways.between(change(service)))
        host = LocalHost(folder / "platform", durable=True, made=made)
        layout = Layout(host.state)
        places = {"scratch": layout.scratch, "postgres": layout.postgres}
        for place in places.values():
            release(place)
        host.stop()
        ending.callback(shutil.rmtree, host.state, ignore_errors=True)
        disks = {name: ending.enter_context(small_disk(places[name], size)) for name, size in _DISKS.items()}
        ending.callback(host.stop)
        ending.callback(_keep_logs, host, folder / "logs")
        host.start_platform()
        own_disks = {name: disk for name, disk in disks.items() if disk is not None}
        yield OwnPlatform(Platform(host.stack()), ways, own_disks)


def _keep_logs(host: LocalHost, folder: Path) -> None:
    """For whoever looks into a breach."""
    shutil.rmtree(folder, ignore_errors=True)
    logs = host.state / "logs"
    if logs.exists():
        shutil.copytree(logs, folder)
