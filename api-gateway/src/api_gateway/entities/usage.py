"""What a user has, and may have."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """Videos that are not deleted, and the bytes of files and archives that are kept; each with its limit."""

    videos: int
    videos_limit: int
    stored_bytes: int
    stored_bytes_limit: int
    file_bytes_limit: int
    """Of one file."""
