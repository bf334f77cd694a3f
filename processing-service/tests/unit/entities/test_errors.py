from uuid import UUID

import pytest
from fiapx_models.failures import FailureCode
from processing_service.entities.errors import (
    DecoderBroke,
    DecoderMissing,
    ResultNotFound,
    ScratchFull,
    VideoCannotBeProcessed,
    failure_of,
)
from processing_service.entities.job import JobKey


@pytest.mark.parametrize("code", list(FailureCode))
def test_every_failure_has_words_and_a_hint(code: FailureCode) -> None:
    failure = failure_of(code)
    assert failure.code == code.value
    assert failure.message.endswith(".")
    assert failure.hint.endswith(".")


def test_a_refusal_tells_its_owner_words_and_keeps_the_detail_for_operators() -> None:
    refusal = VideoCannotBeProcessed(FailureCode.DAMAGED, "packet 7")
    assert refusal.failure == failure_of(FailureCode.DAMAGED)
    assert refusal.detail == "packet 7"


def test_a_broken_decoder_knows_what_its_job_will_have_failed_of() -> None:
    assert DecoderBroke(FailureCode.TIMEOUT, "900 s").failure.code == "timeout"


def test_what_is_missing_or_full_may_be_better_later() -> None:
    assert DecoderMissing("no ffmpeg").code == "decoder_missing"
    assert ScratchFull().retry_after_s == 5


def test_a_missing_result_is_named() -> None:
    key = JobKey(UUID(int=7), 2)
    assert str(key.video_id) in ResultNotFound(key).detail
