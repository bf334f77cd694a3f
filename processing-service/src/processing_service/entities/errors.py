"""What can go wrong with a job, as sentences."""

from uuid import UUID

from fiapx_common.errors import Conflict, Gone, NotFound, Refused, Unavailable
from fiapx_models.failures import FailureCode, explain
from fiapx_models.media import Failure

from processing_service.entities.job import JobKey


def failure_of(code: FailureCode) -> Failure:
    """A failure as it is told to others; whoever speaks another language has the code."""
    said = explain(code, "en")
    return Failure(code=code.value, message=said.message, hint=said.hint)


class ResultNotFound(NotFound):
    """There is no such attempt, it has not finished, its result has expired, or it was removed with its video."""

    def __init__(self, key: JobKey) -> None:
        super().__init__("result_not_found", f"Attempt {key.attempt} of video {key.video_id} has no result.")


class FrameNotFound(NotFound):
    """The result has no frame of this index."""

    def __init__(self, key: JobKey, index: int) -> None:
        super().__init__("frame_not_found", f"Attempt {key.attempt} of video {key.video_id} has no frame {index}.")


class SpriteNotFound(NotFound):
    """The result's frames need fewer sprites."""

    def __init__(self, key: JobKey, number: int) -> None:
        super().__init__("sprite_not_found", f"Attempt {key.attempt} of video {key.video_id} has no sprite {number}.")


class FrameNotReady(Conflict):
    """The frame is planned, and its segment is not finished: asked again later it will be there."""

    def __init__(self, key: JobKey, index: int) -> None:
        detail = f"Frame {index} of attempt {key.attempt} of video {key.video_id} is planned and not made yet."
        super().__init__("not_ready", f"{detail} Please ask again in a moment.")


class FramesNotFound(NotFound):
    """The result has none of the frames."""

    def __init__(self, key: JobKey) -> None:
        super().__init__("frame_not_found", f"Attempt {key.attempt} of video {key.video_id} has none of these frames.")


class NothingToLookInto(Conflict):
    """Its upload has not ended, or we have not heard of it yet."""

    def __init__(self) -> None:
        super().__init__("not_ready", "The video is still being uploaded; there is nothing to look into yet.")


class SourceGone(Gone):
    """The uploaded file was kept as long as promised."""

    def __init__(self) -> None:
        super().__init__("source_expired", "The uploaded file is no longer kept. Please upload the video again.")


class VideoCannotBeProcessed(Refused):
    """The file's fault or the request's: the job fails, and another try would end the same."""

    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(code.value, detail)
        self.failure = failure_of(code)


class DecoderBroke(Unavailable):
    """The decoder crashed or hung: charged, and tried again until it is hopeless."""

    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(code.value, detail)
        self.failure = failure_of(code)


class DecoderMissing(Unavailable):
    """The decoder cannot be started here. Nobody is charged."""

    def __init__(self, detail: str) -> None:
        super().__init__("decoder_missing", detail)


class ScratchFull(Unavailable):
    """Other videos' copies take the room now."""

    def __init__(self) -> None:
        super().__init__("scratch_full", "There is no room for a copy of the source now.", retry_after_s=5)


class JobUnknown(NotFound):
    """Nothing was heard of the video, or it is deleted and forgotten."""

    def __init__(self, video_id: UUID) -> None:
        super().__init__("job_not_found", f"There is no job of video {video_id}.")


class ProcessUnknown(NotFound):
    """No process that lives has this name."""

    def __init__(self, name: str) -> None:
        super().__init__("process_not_found", f"No process that lives is called {name!r}: see `workers list`.")


class JobHasEnded(Conflict):
    """Its newest attempt is at its end."""

    def __init__(self, video_id: UUID, state: str) -> None:
        super().__init__("job_has_ended", f"The newest job of video {video_id} is {state}: nothing is left to do.")


class LeaseLost(Exception):
    """Somebody else works on it, or nobody needs it any more: whatever was made must not count."""


class Interrupted(Exception):
    """This process stops before the work is done."""
