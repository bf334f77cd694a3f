"""Archives as they came out."""

import io
import zipfile
from dataclasses import dataclass

from fiapx_engine.manifest import CSV_NAME, MANIFEST_NAME
from fiapx_testing.frame_counter import read_counter


@dataclass(frozen=True)
class Archive:
    """A finished archive, read whole."""

    data: bytes

    @property
    def names(self) -> list[str]:
        return self._zip().namelist()

    def counters(self) -> list[int]:
        """The numbers drawn in its images, in order."""
        images = (name for name in self.names if name not in {MANIFEST_NAME, CSV_NAME})
        return [read_counter(self._zip().read(name)) for name in images]

    def read(self, name: str) -> bytes:
        return self._zip().read(name)

    def check(self) -> str | None:
        return self._zip().testzip()

    def _zip(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.data))
