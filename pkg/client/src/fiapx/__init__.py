"""Python SDK for FIAP X: videos in, frames out."""

from fiapx.client import Client
from fiapx.errors import ClientError, ProblemError, ProblemField, TransferBroken, Unreachable, WaitTimedOut
from fiapx.results import Frame, Manifest, User, Video
from fiapx.videos import Videos

__all__ = [
    "Client",
    "ClientError",
    "Frame",
    "Manifest",
    "ProblemError",
    "ProblemField",
    "TransferBroken",
    "Unreachable",
    "User",
    "Video",
    "Videos",
    "WaitTimedOut",
]
