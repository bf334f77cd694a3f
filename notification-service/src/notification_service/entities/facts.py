"""What each kind of mail says, before it has words."""

from typing import Final
from uuid import UUID

from fiapx_models.events import MailedLink
from fiapx_models.failures import explain, is_known
from fiapx_models.media import Failure

from notification_service.entities.languages import Language
from notification_service.entities.mails import Facts
from notification_service.entities.shown_text import shown

_LONGEST_FILENAME: Final = 80
_LONGEST_SENTENCE: Final = 400
_HOUR_S: Final = 3600
_UNNAMED: Final = "video"


def link_facts(link: MailedLink) -> Facts:
    """For the mails that carry one. `valid_hours` counts from the request."""
    valid_s = (link.expires_at - link.requested_at).total_seconds()
    return {"token": link.token, "valid_hours": max(round(valid_s / _HOUR_S), 1)}


def completed_facts(video_id: UUID, filename: str, frame_count: int, warning_count: int) -> Facts:
    """For `MailKind.VIDEO_COMPLETED`."""
    return {
        "video_id": str(video_id),
        "filename": _filename(filename),
        "frame_count": frame_count,
        "warning_count": warning_count,
    }


def failed_facts(video_id: UUID, filename: str, failure: Failure, language: Language) -> Facts:
    """For `MailKind.VIDEO_FAILED`. Events speak English; a code that has words in `language` is told in them."""
    message, hint = failure.message, failure.hint
    if language is not Language.ENGLISH and is_known(failure.code):
        explained = explain(failure.code, language)
        message, hint = explained.message, explained.hint
    return {
        "video_id": str(video_id),
        "filename": _filename(filename),
        "code": shown(failure.code, _LONGEST_FILENAME),
        "message": shown(message, _LONGEST_SENTENCE),
        "hint": shown(hint, _LONGEST_SENTENCE),
    }


def _filename(filename: str) -> str:
    return shown(filename, _LONGEST_FILENAME) or _UNNAMED
