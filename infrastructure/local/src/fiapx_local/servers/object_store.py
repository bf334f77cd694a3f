"""The object store: JuiceFS's gateway, which is MinIO's S3 gateway code over local files, stands for MinIO."""

import http.client
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from fiapx_local.binaries import find
from fiapx_local.errors import StackError
from fiapx_local.probes import http_status
from fiapx_local.program import Program
from fiapx_local.settings import StackSettings

BUCKET = "fiapx"
REGION = "us-east-1"
ACCESS_KEY = "fiapx"
_VOLUME = "fiapx"
_DATABASE = "volume.db"


class VolumeNotMade(StackError):
    """The store's files could not be set up."""


@dataclass(frozen=True)
class ObjectStore:
    """The stack's S3 endpoint."""

    settings: StackSettings
    name: str = "store"
    description: str = "JuiceFS gateway (MinIO's S3 gateway code), stands for MinIO"

    @property
    def address(self) -> str:
        return f"{self.settings.host}:{self.settings.ports.store}"

    @property
    def secret_key(self) -> str:
        return self.settings.credentials.of("store")

    def programs(self) -> list[Program]:
        argv = (
            *(
                find("juicefs"),
                "gateway",
                f"sqlite3://{self._metadata.name}/{_DATABASE}",
                f"{self.settings.bind}:{self.settings.ports.store}",
            ),
            *("--multi-buckets", "--keep-etag", "--object-tag", "--object-meta"),
            *("--bucket", self._data, "--cache-dir", str(self._folder / "cache"), "--cache-size", "64"),
            *("--metrics", f"{self.settings.bind}:{self.settings.ports.inner.store_metrics}"),
            *("--backup-meta", "0", "--no-banner", "--no-agent", "--no-usage-report", "--no-color"),
        )
        keys = {"MINIO_ROOT_USER": ACCESS_KEY, "MINIO_ROOT_PASSWORD": self.secret_key}
        environment = {"HOME": str(self._folder), **keys}
        return [Program(self.name, argv, self._folder, environment, stop_wait_s=10)]

    def prepare(self) -> None:
        """Make the volume; a failed attempt would leave a database behind, so its folder gets its name last."""
        if self._metadata.exists():
            return
        part = self._metadata.with_name("metadata.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        command = [find("juicefs"), "format", "--no-update", "--storage", "file", "--trash-days", "0"]
        command += ["--bucket", self._data, f"sqlite3://{part.name}/{_DATABASE}", _VOLUME]
        environment = {**os.environ, "HOME": str(self._folder)}
        run = subprocess.run(command, cwd=self._folder, env=environment, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise VolumeNotMade(f"juicefs format failed: {run.stderr.strip()[-500:]}")
        part.rename(self._metadata)

    def is_ready(self) -> bool:
        return http_status(self.settings.host, self.settings.ports.store, "/minio/health/live") == http.client.OK

    def provision(self) -> None:
        """Buckets are made by the service that owns them."""

    @property
    def _folder(self) -> Path:
        return self.settings.layout.store

    @property
    def _metadata(self) -> Path:
        return self._folder / "metadata"

    @property
    def _data(self) -> str:
        return f"{self._folder / 'data'}/"
