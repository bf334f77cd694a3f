"""What makes two mails the same mail."""

from uuid import UUID

from notification_service.entities.mails import MailKind, Outcome

VIDEO = UUID("6f1f6f0e-7f3f-4f1e-8c8f-2f3f4f5f6f7f")


def test_a_message_id_is_made_of_the_outcome_alone() -> None:
    outcome = Outcome(MailKind.VIDEO_COMPLETED, VIDEO, 2)
    assert outcome.message_id("fiapx.example") == f"<video_completed.{VIDEO}.2@fiapx.example>"


def test_different_outcomes_have_different_message_ids() -> None:
    outcomes = [Outcome(kind, VIDEO, attempt) for kind in MailKind for attempt in (1, 2)]
    assert len({outcome.message_id("fiapx.example") for outcome in outcomes}) == len(outcomes)
