"""As many real workers of a running platform as somebody wants, started and stopped as a cluster would."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from fiapx_local import environment
from fiapx_local.servers import RabbitMQ
from fiapx_local.servers.rabbitmq import VHOST
from fiapx_local.service_settings import services
from fiapx_local.stack import Stack

GRACE_S = 90
"""From SIGTERM to SIGKILL, as the chart's terminationGracePeriodSeconds."""
_SUPERVISED = ("worker-1", "worker-2")
_ANSWERS_WITHIN_S = 10.0


@dataclass
class WorkerPool:
    """The workers: those that work, those that drain after SIGTERM, and how those ended that are gone."""

    stack: Stack
    logs: Path
    _working: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _draining: list[subprocess.Popen[bytes]] = field(default_factory=list)
    exit_codes: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Without those that drain, as a Deployment counts its pods."""
        return len(self._working)

    @property
    def draining(self) -> int:
        gone = [process for process in self._draining if process.poll() is not None]
        self.exit_codes += [process.returncode for process in gone]
        self._draining = [process for process in self._draining if process.returncode is None]
        return len(self._draining)

    def scale_to(self, size: int) -> None:
        """Start what is missing; the youngest leave first."""
        while self.size < size:
            self._working.append(self._start(len(self._working) + len(self._draining) + len(self.exit_codes)))
        while self.size > size:
            leaving = self._working.pop()
            leaving.send_signal(signal.SIGTERM)
            self._draining.append(leaving)

    def close(self) -> None:
        """All leave; who takes longer than the grace is killed, as a cluster does."""
        self.scale_to(0)
        for process in self._draining:
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(GRACE_S)
        assert self.draining == 0

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        service = next(one for one in services(self.stack.settings) if one.name == _SUPERVISED[0])
        taken_over = environment.of_processes(self.stack.settings.layout.state, os.environ)
        own = {"PROCESSING_OPS__LISTEN": f"{self.stack.settings.bind}:0"}
        with (self.logs / f"worker-{number}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", service.package],
                cwd=service.directory,
                env={**taken_over, **service.environment(), **own},
                stdout=log,
                stderr=subprocess.STDOUT,
            )


@contextmanager
def worker_pool(stack: Stack, logs: Path) -> Iterator[WorkerPool]:
    """A pool in place of the stack's own workers, which come back at the end."""
    stack.supervisor.stop(_SUPERVISED)
    pool = WorkerPool(stack, logs)
    try:
        yield pool
    finally:
        pool.close()
        for name in _SUPERVISED:
            stack.supervisor.start(name)


def messages_in(queue: str, stack: Stack) -> int:
    """Ready and under way, by RabbitMQ's own Prometheus plugin: what Prometheus would read.

    Raises:
        KeyError: the plugin does not know the queue.
    """
    url = f"http://{RabbitMQ(stack.settings).metrics_address}/metrics/detailed"
    asked = {"vhost": VHOST, "family": "queue_coarse_metrics"}
    page = httpx.get(url, params=asked, timeout=_ANSWERS_WITHIN_S, trust_env=False).raise_for_status().text
    found = re.search(
        rf'^rabbitmq_detailed_queue_messages{{[^}}]*queue="{re.escape(queue)}"}} (\S+)$', page, re.MULTILINE
    )
    if found is None:
        raise KeyError(queue)
    return int(float(found[1]))
