"""A service's `admin` module as operators start it: a process of its own."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fiapx_testing.waiting import PATIENCE_S


@dataclass(frozen=True)
class Ended:
    """What a command has said."""

    code: int
    words: str
    complaints: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Of a command with `--json`."""
        assert self.code == 0, self.complaints
        return [json.loads(line) for line in self.words.splitlines()]


@dataclass(frozen=True)
class Admin:
    """Starts `python -m <package>.admin` in a service's environment."""

    package: str
    folder: Path
    environment: Mapping[str, str]

    async def start(self, *arguments: str, **environment: str) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", f"{self.package}.admin", *arguments),
            cwd=self.folder,
            env={"PATH": os.defpath, **self.environment, **environment},
            stdout=PIPE,
            stderr=PIPE,
        )

    async def __call__(self, *arguments: str, **environment: str) -> Ended:
        process = await self.start(*arguments, **environment)
        words, complaints = await asyncio.wait_for(process.communicate(), 2 * PATIENCE_S)
        return Ended(process.returncode or 0, words.decode(), complaints.decode())
