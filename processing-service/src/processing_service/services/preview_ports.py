"""What overviews need from outside."""

from collections.abc import AsyncGenerator
from typing import Protocol

from fiapx_engine.image_grids import ImageGrid


class Grids(Protocol):
    """Makes one image of many in child processes. Raises DecoderBroke, DecoderMissing."""

    async def make(self, images: AsyncGenerator[bytes, None], wanted: ImageGrid) -> bytes:
        """A JPEG of image files that come one after another: costs about 0.07 s of CPU for each in full HD.

        Waits for one of a few places, and never holds more than one of the images.
        """
        ...


class Previews(Protocol):
    """Overviews in the object store: a few hundred kilobytes each. Raises Unavailable."""

    async def kept(self, key: str) -> bytes | None:
        """None: it was not made yet."""
        ...

    async def keep(self, key: str, data: bytes) -> None:
        """Replaces the same one."""
        ...

    async def remove(self, key: str) -> None:
        """One that is not there is no error."""
        ...
