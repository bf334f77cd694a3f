"""Single PNG images out of a stream of them, by their chunks (PNG specification, section 5)."""

from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNK_FRAME = 12
_HEADER = 8


class NotPng(ValueError):
    pass


class PngSplitter:
    """Takes bytes as they come and gives each image as soon as its last chunk is in; keeps one image at most.

    Raises:
        NotPng: something else is in the stream, or an image exceeds `most_bytes`.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held = bytearray()
        self._next_chunk = len(SIGNATURE)

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._held += data
        while (end := self._image_end()) is not None:
            image = bytes(memoryview(self._held)[:end])
            del self._held[:end]
            self._next_chunk = len(SIGNATURE)
            yield image

    @property
    def is_between_images(self) -> bool:
        return not self._held

    def _image_end(self) -> int | None:
        if not self._held.startswith(SIGNATURE[: len(self._held)]):
            raise NotPng("no PNG signature")
        while self._next_chunk + _HEADER <= len(self._held):
            at = self._next_chunk
            length = int.from_bytes(self._held[at : at + 4])
            is_last = self._held[at + 4 : at + 8] == b"IEND"
            end = at + _CHUNK_FRAME + length
            if end > self._most_bytes:
                raise NotPng(f"an image of more than {self._most_bytes} bytes")
            if end > len(self._held):
                return None
            self._next_chunk = end
            if is_last:
                return end
        return None
