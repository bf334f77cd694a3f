"""An upload as it goes on to upload-service, piece by piece."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UploadDetails:
    """What the user said about the file; empty text where nothing."""

    options_json: str = ""
    external_id: str = ""
    metadata_json: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class UploadBegun:
    """The file begins; `details` are those that stood before it."""

    filename: str
    content_type: str
    details: UploadDetails


@dataclass(frozen=True)
class UploadEnded:
    """The form is complete; `details` holds all of them, or None where those of `UploadBegun` still hold."""

    details: UploadDetails | None


UploadPiece = UploadBegun | bytes | UploadEnded
