"""The problems that calls may answer with, as the OpenAPI document tells them."""

from collections import defaultdict
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fiapx_common.http.problem import MEDIA_TYPE

Responses = dict[int | str, dict[str, Any]]
"""What FastAPI's `responses=` takes."""

LOCATION: Final = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}

_KNOWN: Final[Mapping[str, tuple[int, str]]] = {
    "missing_token": (401, "This needs an access token: `Authorization: Bearer <token>`."),
    "invalid_token": (401, "The access token is not valid: an unknown key."),
    "token_expired": (401, "The access token has expired."),
    "wrong_credentials": (401, "E-mail address or password is wrong."),
    "invalid_api_key": (401, "The API key is unknown, was revoked or has expired."),
    "missing_refresh_token": (401, "This needs a refresh token: in the body, or a browser's cookie."),
    "session_ended": (401, "The session has ended. Please log in again."),
    "registration_closed": (403, "New accounts are made by invitation only. Please ask whoever runs this."),
    "account_disabled": (403, "This account is disabled. Please ask whoever runs this."),
    "missing_scope": (403, "This needs an API key with the scope videos:write."),
    "not_by_api_key": (403, "No API key may do this: please log in."),
    "csrf_header_missing": (403, "A request with this cookie needs the header `X-CSRF: 1`."),
    "wrong_password": (403, "The password is wrong."),
    "session_not_found": (404, "There is no such session."),
    "api_key_not_found": (404, "There is no such API key."),
    "video_not_found": (404, "There is no such video."),
    "result_not_found": (404, "Attempt 1 of the video has no result."),
    "frame_not_found": (404, "There is no such frame."),
    "sprite_not_found": (404, "There is no such sprite."),
    "upload_not_found": (404, "There is no such upload."),
    "email_taken": (409, "An account with this e-mail address exists already."),
    "too_many_api_keys": (409, "You have 50 API keys, the most there may be. Please revoke one."),
    "not_cancellable": (409, "The video is completed already; there is nothing left to cancel."),
    "not_retryable": (409, "The video is completed; only a failed or cancelled video can be tried again."),
    "not_reprocessable": (
        409,
        "The video is processing; please wait until it has ended, or cancel it, and ask again.",
    ),
    "not_ready": (409, "The video is processing; its frames are not ready."),
    "video_quota_exceeded": (409, "You have 2,000 videos, the most allowed. Please delete some first."),
    "upload_completed": (409, "The upload is complete already."),
    "upload_ended": (409, "The upload has ended: the video is cancelled."),
    "upload_incomplete": (409, "Parts are missing: 2, 3. Please send them."),
    "part_size_mismatch": (409, "Parts have another size than they must have: 2. Please send them again."),
    "part_etag_mismatch": (409, "Parts in the store have another ETag than you told: 2. Please send them again."),
    "idempotency_key_in_use": (
        409,
        "A request with this Idempotency-Key is still under way. Please send this one again in some seconds.",
    ),
    "upload_expired": (410, "The upload was not finished in time. Please begin a new one."),
    "expired": (410, "The frames are no longer kept. Please upload the video again."),
    "source_expired": (410, "The uploaded file is no longer kept. Please upload the video again."),
    "storage_quota_exceeded": (
        413,
        "Your videos and frames would take more than 200 GiB. Please delete some videos first.",
    ),
    "changed_meanwhile": (
        412,
        "Your profile was changed meanwhile. Please look at it again and repeat your change.",
    ),
    "body_too_large": (413, "The request's body may have at most 65536 bytes."),
    "file_too_large": (413, "The file is larger than 20 GiB, the most accepted."),
    "not_multipart": (415, "Videos are uploaded as multipart/form-data."),
    "unsupported_container": (415, "This is a ZIP archive."),
    "invalid_request": (422, "Some fields are not as they should be."),
    "unknown_parameter": (422, "There are query parameters that this call does not know."),
    "invalid_frames": (422, "`frames` must be numbers and ranges with commas between them, such as 1,5,9-20."),
    "invalid_cursor": (422, "The cursor is not one of ours."),
    "invalid_idempotency_key": (422, "The header Idempotency-Key must be given once."),
    "idempotency_key_reused": (
        422,
        "This Idempotency-Key was used for another request. Please send this one with a key of its own.",
    ),
    "no_file": (422, "`video` must be a file."),
    "empty_file": (422, "The file is empty."),
    "invalid_options": (422, "The options are not as they should be."),
    "malformed_multipart": (422, "The multipart form is broken: it ends before its closing boundary."),
    "rate_limited": (429, "Too many requests. Please wait a moment."),
    "too_many_streams": (429, "You may follow changes 10 times at once, no more."),
    "service_unavailable": (503, "The upload service does not answer at the moment."),
}

REPEATABLE: Final = ("idempotency_key_in_use", "idempotency_key_reused", "invalid_idempotency_key")
"""Of calls that take an `Idempotency-Key`."""

_RETRY_AFTER: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
_WAIT: Final = frozenset({429, 503})


def problems(*codes: str) -> Responses:
    """Responses for FastAPI's `responses=`, one per status, an example per code."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[_KNOWN[code][0]].append(code)
    return {status: _response(status, found) for status, found in by_status.items()}


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    media = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {code: {"value": _example(code)} for code in codes},
    }
    response: dict[str, Any] = {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: media}}
    if status in _WAIT:
        response["headers"] = _RETRY_AFTER
    return response


def _example(code: str) -> dict[str, Any]:
    status, detail = _KNOWN[code]
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "errors": [],
    }
