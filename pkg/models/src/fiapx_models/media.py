"""What is told about a video's content and about what went wrong with it."""

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

_EXAMPLE: JsonDict = {"duration_s": 12.0, "width": 1920, "height": 1080, "fps": 30.0, "codec": "h264"}


class Media(BaseModel):
    """Facts of the chosen video stream, read from its packets; width and height as displayed."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_EXAMPLE]})

    duration_s: float
    """Seconds."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    fps: float
    """Frames a second, on average."""
    codec: str
    """As ffmpeg calls it."""
    rotation: int = 0
    """Degrees by which players turn the stored picture."""
    hdr: bool = False
    """Whether it is high dynamic range."""
    variable_frame_rate: bool = False
    """Whether frames are shown for different times."""


class Warned(BaseModel):
    """Something the user should know of a result that is good all the same."""

    model_config = ConfigDict(frozen=True)

    code: str
    """Stable: `warnings` of the registry of codes."""
    message: str
    """In English."""


class Failure(BaseModel):
    """Why there is no result: a stable code, a sentence, and what to do."""

    model_config = ConfigDict(frozen=True)

    code: str
    """Stable: `failures` of the registry of codes."""
    message: str
    """What happened, in English."""
    hint: str
    """What to do, in English."""
