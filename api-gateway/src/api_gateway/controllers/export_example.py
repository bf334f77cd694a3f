"""What a video and an export look like, for the OpenAPI document."""

from typing import Any, Final

from api_gateway.controllers.webhooks_dto import PAYLOAD

_VIDEO: Final = "3f0c8a52-7a0e-4d54-9f57-1f2b6a4c9d10"
_OWN: Final = f"/api/v1/videos/{_VIDEO}"
_OPTIONS: Final = {"sampling": {"rule": "fps", "fps": 1}, "format": "png"}

VIDEO: Final[dict[str, Any]] = {
    "id": _VIDEO,
    "filename": "holiday.mp4",
    "size_bytes": 734003,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "external_id": None,
    "metadata": None,
    "tags": ["summer"],
    "status": "completed",
    "progress": 1.0,
    "queue_position": None,
    "eta_s": None,
    "options": _OPTIONS,
    "media": {"duration_s": 12.0, "width": 1920, "height": 1080, "fps": 30.0, "codec": "h264"},
    "frame_count": 12,
    "frames_expected": 12,
    "frames_ready": 12,
    "archive_bytes": 5213004,
    "warnings": [],
    "error": None,
    "attempts": 1,
    "created_at": "2026-11-29T09:30:00Z",
    "started_at": "2026-11-29T09:30:01Z",
    "finished_at": "2026-11-29T09:30:04Z",
    "expires_at": "2026-12-06T09:30:04Z",
    "links": {"self": _OWN, "frames_zip": f"{_OWN}/frames.zip"},
}
"""As `GET /videos/{id}` tells it."""

EXAMPLE: Final[dict[str, Any]] = {
    "exported_at": "2026-11-30T12:00:00Z",
    "user": {
        "id": "7d52156a-8ed7-4c2f-b4e8-ec907ec65e4f",
        "email": "ana@example.com",
        "name": "Ana",
        "locale": "en",
        "email_verified": True,
        "created_at": "2026-11-24T12:00:00Z",
    },
    "api_keys": [
        {
            "id": "0d6f3c1e-55d3-4b7b-8d0c-2f1f4f1a9b60",
            "name": "nightly build",
            "scopes": ["videos:read"],
            "beginning": "fx_x3Zt9a",
            "created_at": "2026-11-24T12:05:00Z",
            "expires_at": None,
            "last_used_at": "2026-11-30T02:00:00Z",
        }
    ],
    "sessions": [
        {
            "id": "5b3e0f8e-5d0c-4b43-8a36-9f1f6f0b7a11",
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
            "client_address": "198.51.100.7",
            "created_at": "2026-11-24T12:00:05Z",
            "last_used_at": "2026-11-30T11:59:00Z",
            "expires_at": "2026-12-30T11:59:00Z",
            "ended_at": None,
        }
    ],
    "videos": [
        {
            **VIDEO,
            "source_expires_at": "2026-12-06T09:30:00Z",
            "history": [
                {
                    "at": "2026-11-29T09:30:00Z",
                    "fields": {"status": "queued", "attempts": 1, "filename": "holiday.mp4", "options": _OPTIONS},
                },
                {
                    "at": "2026-11-29T09:30:04Z",
                    "fields": {"status": "completed", "attempts": 1, "frame_count": 12, "archive_bytes": 5213004},
                },
            ],
        }
    ],
    "shares": [
        {
            "id": "c1a4e0b2-9a55-4f0e-8a5d-6f0f1c2b3d4e",
            "video_id": _VIDEO,
            "note": "for Bia",
            "created_at": "2026-11-29T10:00:00Z",
            "expires_at": "2026-12-06T09:30:04Z",
            "last_used_at": None,
        }
    ],
    "mails": [
        {
            "kind": "video_completed",
            "subject": "Your frames are ready: holiday.mp4",
            "status": "sent",
            "failure": None,
            "language": "en",
            "video_id": _VIDEO,
            "attempt": 1,
            "facts": {"video_id": _VIDEO, "filename": "holiday.mp4", "frame_count": 12, "warning_count": 0},
            "message_id": f"<video_completed.{_VIDEO}.1@fiapx.example>",
            "created_at": "2026-11-29T09:30:04Z",
            "sent_at": "2026-11-29T09:30:05Z",
        }
    ],
    "webhooks": [
        {
            "id": "c1f3c1de-6a64-4c0e-9f0d-51a0f9f5f0aa",
            "url": "https://receiver.example/fiapx",
            "events": ["video.processed.v1", "video.failed.v1"],
            "description": "nightly build",
            "created_at": "2026-11-24T12:10:00Z",
            "disabled_at": None,
            "deliveries": [
                {
                    "id": "77e0a6c8-2f55-4b5e-9a3b-0d7c2c7d1b1e",
                    "type": "video.processed.v1",
                    "video_id": _VIDEO,
                    "attempt": 1,
                    "payload": PAYLOAD,
                    "status": "delivered",
                    "tries": 1,
                    "created_at": "2026-11-29T09:30:04Z",
                    "next_try_at": None,
                    "tried_at": "2026-11-29T09:30:04Z",
                    "ended_at": "2026-11-29T09:30:05Z",
                    "answer": {"status": 204, "text": "", "duration_s": 0.12},
                    "failure": None,
                }
            ],
        }
    ],
}
