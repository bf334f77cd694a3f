"""What can go wrong in the engine.

EngineError
├── VideoRefused          the file's fault or the request's: never retried
├── DecoderFailed         the tool's: a crash, a time limit, no memory; another attempt may succeed
│   └── DecoderUnavailable    it could not even be started: not the video's doing, not charged as an attempt
└── FramesLost             a decoder did not give what was planned; the engine tries another way, then says `damaged`
    ├── NoStart               a run taken out of another begins with a picture that needs others
    └── DecoderGaveUp         libav can do nothing with what is left
"""

from fiapx_models.failures import FailureCode

_DETAIL_LENGTH = 300


class EngineError(Exception):
    """A failure with a stable code; `detail` is technical, bounded and printable, and not meant for the user."""

    def __init__(self, code: FailureCode, detail: str) -> None:
        self.code = code
        self.detail = "".join(letter if letter.isprintable() else " " for letter in detail)[:_DETAIL_LENGTH]
        super().__init__(f"{code}: {self.detail}")


class VideoRefused(EngineError):
    pass


class DecoderFailed(EngineError):
    pass


class DecoderUnavailable(DecoderFailed):
    def __init__(self, detail: str) -> None:
        super().__init__(FailureCode.INTERNAL, detail)


class FramesLost(EngineError):
    def __init__(self, detail: str) -> None:
        super().__init__(FailureCode.DAMAGED, detail)


class NoStart(FramesLost):
    pass


class DecoderGaveUp(FramesLost):
    pass
