"""A disk that is full: the object store's, the broker's, or PostgreSQL's."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from fiapx_local.servers import ObjectStore
from fiapx_local.servers.object_store import ACCESS_KEY, BUCKET, REGION

from fiapx_testing.chaos.faults.filling_broker import FullBroker
from fiapx_testing.chaos.faults.filling_postgres import FullPostgres
from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.schedule import Strike
from fiapx_testing.object_stores import StoreSettings
from fiapx_testing.platforms import Platform

_TIMEOUT_S: Final = 30.0
_FULL_WITHIN_S: Final = 60.0
_POLL_S: Final = 0.2
_ONE_FILE: Final = 1
_NO_LIMIT: Final = 0


@dataclass(frozen=True)
class Full:
    """Of one server at a time; each in its own way."""

    platform: Platform
    postgres_disk: Path | None
    """Where PostgreSQL has a small disk of its own; else it is not struck."""

    def targets(self) -> Sequence[str]:
        return ["store", "rabbitmq", *(["postgres"] if self.postgres_disk else [])]

    def strike(self, strike: Strike) -> Healed:
        """Raises AssertionError: the store has still room a minute later."""
        return self._of(strike.target).strike(strike)

    def _of(self, server: str) -> "FullStore | FullBroker | FullPostgres":
        if server == "store":
            return FullStore(self.platform)
        if server == "rabbitmq":
            return FullBroker(self.platform)
        assert self.postgres_disk is not None
        return FullPostgres(self.platform, self.postgres_disk)


@dataclass(frozen=True)
class FullStore:
    """No new file has room: JuiceFS is told that its volume may have no more inodes than it has.

    This needs no rights and no disk of its own. JuiceFS looks at its limits every 12 s.
    """

    platform: Platform

    def strike(self, strike: Strike) -> Healed:
        trial = self._trial()
        self._limit(_ONE_FILE)
        try:
            self.platform.until(lambda: not self._takes(trial), within_s=_FULL_WITHIN_S)
            time.sleep(strike.lasts_s)
        finally:
            self._limit(_NO_LIMIT)
        return lambda: self._takes(trial)

    def _trial(self) -> StoreSettings:
        """A bucket for trying whether a file has room."""
        store = ObjectStore(self.platform.stack.settings)
        trial = StoreSettings(store.address, ACCESS_KEY, store.secret_key, REGION, f"{BUCKET}-trial")
        client = trial.client()
        if not client.bucket_exists(trial.bucket):
            client.make_bucket(trial.bucket)
        return trial

    def _takes(self, trial: StoreSettings) -> bool:
        name = f"{time.monotonic_ns()}"  # another one each time: what lies there may be written again
        address = trial.client().presigned_put_object(trial.bucket, name)
        return httpx.put(address, content=b"?", timeout=_TIMEOUT_S).is_success

    def _limit(self, files: int) -> None:
        (gateway,) = ObjectStore(self.platform.stack.settings).programs()
        volume = gateway.argv[2]
        command = [gateway.argv[0], "config", volume, "--inodes", str(files), "--yes"]
        environment = {**os.environ, **gateway.environment}
        subprocess.run(
            command, cwd=gateway.directory, env=environment, check=True, capture_output=True, timeout=_TIMEOUT_S
        )
