"""What an API key may do."""

from enum import StrEnum


class Scope(StrEnum):
    """One permission of an API key; a session has all of them, and more."""

    VIDEOS_READ = "videos:read"
    """See videos, their progress and their frames, and webhooks."""
    VIDEOS_WRITE = "videos:write"
    """Upload, cancel, retry, delete; make and delete webhooks."""
