"""The service as a process of its own, as it runs in production."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from fiapx_testing.waiting import PATIENCE_S, until
from processing_service.settings import DecoderSettings, Settings

SERVICE = Path(__file__).parents[2]


def changed(settings: Settings, changes: dict[str, object]) -> Settings:
    """Other settings; with a program of the test's own for ffmpeg, ffmpeg is the engine, or nobody would run it."""
    decoder = changes.get("decoder")
    own_program = isinstance(decoder, DecoderSettings) and (decoder.ffmpeg, decoder.ffprobe) != ("ffmpeg", "ffprobe")
    return settings.model_copy(update={**({"engine": "ffmpeg"} if own_program else {}), **changes})


@dataclass
class ServiceProcess:
    """`python -m processing_service`."""

    process: asyncio.subprocess.Process
    output: Path

    @classmethod
    async def start(cls, settings: Settings, roles: str, output: Path) -> Self:
        with output.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "processing_service",
                env=environment_of(settings, roles),
                cwd=SERVICE,
                stdout=file,
                stderr=file,
            )
        started = cls(process, output)
        await until(started._has_started)
        return started

    def send(self, signal_number: int) -> None:
        self.process.send_signal(signal_number)

    async def ended(self, timeout_s: float = PATIENCE_S) -> int:
        async with asyncio.timeout(timeout_s):
            return await self.process.wait()

    async def _has_started(self) -> bool:
        told = self.output.read_text()
        assert self.process.returncode is None, told
        return "service.started" in told


def environment_of(settings: Settings, roles: str) -> dict[str, str]:
    """What a process must be told to get these settings."""
    told = {
        "ROLES": roles,
        "POSTGRES__DSN": settings.postgres.dsn.get_secret_value(),
        "BROKER__URL": settings.broker.url.get_secret_value(),
        "BROKER__HEARTBEAT_S": str(settings.broker.heartbeat_s),
        "STORE__ENDPOINT": settings.store.endpoint,
        "STORE__ACCESS_KEY": settings.store.access_key.get_secret_value(),
        "STORE__SECRET_KEY": settings.store.secret_key.get_secret_value(),
        "STORE__BUCKET": settings.store.bucket,
        "SCRATCH_DIR": str(settings.scratch_dir),
        "LEASE": settings.lease.model_dump_json(),
        "ENGINE": settings.engine,
        "DECODER": settings.decoder.model_dump_json(),
        "DRAIN_S": str(settings.drain_s),
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **{f"PROCESSING_{name}": value for name, value in told.items()}}
