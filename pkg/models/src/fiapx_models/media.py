"""What is told about a video's content and about what went wrong with it."""

from pydantic import BaseModel, ConfigDict


class Media(BaseModel):
    """Facts of the chosen video stream, read from its packets; width and height as displayed."""

    model_config = ConfigDict(frozen=True)

    duration_s: float
    width: int
    height: int
    fps: float
    codec: str
    rotation: int = 0
    hdr: bool = False
    variable_frame_rate: bool = False


class Warned(BaseModel):
    """Something the user should know of a result that is good all the same."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str


class Failure(BaseModel):
    """Why there is no result: a stable code, a sentence, and what to do."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    hint: str
