from fiapx_engine.errors import DecoderUnavailable, VideoRefused
from fiapx_models.failures import FailureCode


def test_an_error_is_read_as_code_and_detail() -> None:
    assert str(VideoRefused(FailureCode.DAMAGED, "cut off")) == "damaged: cut off"


def test_details_are_short_and_printable() -> None:
    error = VideoRefused(FailureCode.DAMAGED, "a\r\nb\x00" + "x" * 1000)

    assert error.detail.startswith("a  b x")
    assert len(error.detail) == 300


def test_a_missing_decoder_is_our_own_fault() -> None:
    assert DecoderUnavailable("no ffmpeg").code is FailureCode.INTERNAL
