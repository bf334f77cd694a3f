"""Changes of videos as upload-service tells them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from api_gateway.entities.videos import Video

_LARGEST_SEQ: Final = 2**63 - 1
_SEQ_DIGITS: Final = 19


@dataclass(frozen=True)
class Watched:
    """Whose videos are watched, from where on."""

    user_id: UUID
    video_id: UUID | None
    """Only this one; None: all of the user's."""
    after_seq: int | None
    """The last change already seen; None: only what comes."""


@dataclass(frozen=True)
class VideoChange:
    """One change: the video as it is then, or that it is no more; with neither, only that the watch has begun."""

    seq: int
    """Grows, with gaps; 0 where nothing can be replayed from."""
    video: Video | None = None
    deleted_id: UUID | None = None

    @property
    def is_empty(self) -> bool:
        """It only says that the watch has begun."""
        return self.video is None and self.deleted_id is None


def read_seq(text: str | None) -> int | None:
    """The change that a client saw last, by the id it had; None where that isn't an id of ours."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > _SEQ_DIGITS:
        return None
    seq = int(text)
    return seq if seq <= _LARGEST_SEQ else None
